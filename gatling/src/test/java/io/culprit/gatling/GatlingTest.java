package io.culprit.gatling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same plan on the same target, by our own generator and by Gatling with the exported script: the same report within 5 %. */
class GatlingTest {
    /** Milliseconds; 5 % of it is more than what a machine of two busy cores adds. */
    private static final int DELAY = 300;

    private static final int REQUESTS = 1000;

    @TempDir
    private Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger posts = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private HttpServer target;

    @BeforeEach
    void start() throws IOException {
        target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        target.setExecutor(Executors.newCachedThreadPool());
        target.createContext("/", exchange -> {
            boolean post = exchange.getRequestMethod().equals("POST");
            int body = exchange.getRequestBody().readAllBytes().length;
            boolean whole = !post
                    || body == 100
                            && "b\"c #{d}".equals(exchange.getRequestHeaders().getFirst("X-A"));
            posts.addAndGet(post ? 1 : 0);
            int status = !whole ? 400 : asked.incrementAndGet() % 20 == 0 ? 503 : 200;
            timer.schedule(
                    () -> {
                        try (exchange) {
                            exchange.sendResponseHeaders(status, -1);
                        } catch (IOException e) {
                            // the client has left, which its own side counts
                        }
                    },
                    DELAY,
                    TimeUnit.MILLISECONDS);
        });
        target.start();
    }

    @AfterEach
    void stop() {
        target.stop(0);
        timer.shutdownNow();
    }

    private static Path jar() throws IOException {
        try (Stream<Path> jars = Files.list(Path.of("../benchmarks/target"))) {
            return jars.filter(f -> f.toString().endsWith("-all.jar"))
                    .max(Comparator.comparingLong(f -> f.toFile().lastModified()))
                    .orElseGet(() -> missing("benchmarks-all.jar is missing; mvn verify builds it"));
        } catch (IOException e) {
            return missing("benchmarks/target is missing; mvn verify builds it");
        }
    }

    private static Path missing(String how) {
        return "required".equals(System.getenv("CULPRIT_ORACLES")) ? fail(how) : abort(how);
    }

    private String run(List<Integer> exits, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> command + " does not end");
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        assertTrue(exits.contains(process.exitValue()), text + Files.readString(folder.resolve("err.txt")));
        return text;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private String culprit(int exit, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(java(), "-jar", jar().toAbsolutePath().toString(), "loadtest"));
        command.addAll(Arrays.asList(arguments));
        return run(List.of(exit), command);
    }

    @Test
    void theExportedPlanGivesTheSameReport() throws Exception {
        jar();
        Path plan = Files.writeString(
                folder.resolve("plan.yaml"), """
                question: Does Gatling see what we see?
                target: { url: "http://127.0.0.1:%d/" }
                arrival: { shape: constant, rate: 100, duration: 10s }
                patience: 5s
                mix:
                  - { path: "/?x=1", weight: 3 }
                  - { path: /b, weight: 1, method: POST, body: 100, headers: { X-A: "b\\"c #{d}" } }
                thresholds: { success: 50%%, p99: 4s }
                """.formatted(target.getAddress().getPort()));
        JsonNode own = new ObjectMapper()
                .readTree(culprit(0, plan.toString(), "--json", "--out", "own"))
                .at("/cells/0");
        assertEquals(REQUESTS, own.get("requests").asInt(), REQUESTS / 50);
        int ownPosts = posts.getAndSet(0);

        Path script = Files.writeString(
                folder.resolve("CulpritPlan.java"), culprit(0, plan.toString(), "--export", "gatling"));
        Path classes = Files.createDirectory(folder.resolve("classes"));
        String classPath = System.getProperty("java.class.path");
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-cp", classPath, "-d", classes.toString(), script.toString()));
        run(
                List.of(0),
                List.of(
                        java(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        classes + ":" + classPath,
                        "io.gatling.app.Gatling",
                        "-s",
                        "CulpritPlan",
                        "-rf",
                        folder.resolve("results").toString()));
        Path log;
        try (Stream<Path> results = Files.walk(folder.resolve("results"))) {
            log = results.filter(f -> f.endsWith("simulation.log")).findFirst().orElseThrow();
        }
        JsonNode theirs = new ObjectMapper()
                .readTree(culprit(0, plan.toString(), "--import", log.toString(), "--json"))
                .at("/cells/0");

        assertNear(own, theirs, "/requests");
        assertNear(own, theirs, "/success");
        assertNear(own, theirs, "/latency_ms/p50");
        assertNear(own, theirs, "/latency_ms/p75"); // beyond lies the first second, in which their JVM is cold
        assertEquals(0.95, theirs.get("success").asDouble(), 0.01);
        assertEquals(
                theirs.get("requests").asInt(),
                theirs.at("/outcomes/ok").asInt()
                        + theirs.at("/outcomes/status 503").asInt(),
                theirs::toString);
        assertEquals(ownPosts, posts.get(), REQUESTS / 10, "a quarter are POSTs with body and header");
        String report = culprit(0, plan.toString(), "--import", log.toString());
        assertTrue(report.contains("Gatling, read from "), report);
    }

    private static void assertNear(JsonNode own, JsonNode theirs, String figure) {
        double one = own.at(figure).asDouble();
        double other = theirs.at(figure).asDouble();
        assertEquals(one, other, one * 0.05, figure);
        assertTrue(one > 0, figure);
    }

    @Test
    void aLogThatIsCutOffIsRefused() throws Exception {
        jar();
        Path log = Files.write(folder.resolve("simulation.log"), new byte[] {0, 0, 0, 0, 6, '3', '.'});
        Path plan = Files.writeString(
                folder.resolve("plan.yaml"),
                "target: { url: \"http://127.0.0.1:9/\" }\narrival: { rate: 1, duration: 1s }\n");
        culprit(2, plan.toString(), "--import", log.toString());
        String text = Files.readString(folder.resolve("err.txt"), StandardCharsets.UTF_8);
        assertTrue(text.contains("simulation.log: cut off after byte 5; was Gatling killed?"), text);
    }
}
