package io.culprit.proof.against;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.cli.DemoTrials;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import io.culprit.server.Gateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client people have: curl, against real files and against every failure the demo lists. */
class CurlTest {
    @TempDir
    Path directory;

    private byte[] curl(List<String> arguments) throws Exception {
        Path out = Files.createTempFile(directory, "out", "");
        List<String> command = new ArrayList<>(List.of(Oracle.program("curl", "curl"), "-s", "-m", "20"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return Files.readAllBytes(out);
    }

    private String text(String... arguments) throws Exception {
        return new String(curl(List.of(arguments)), StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyTrialOfTheDemoIsNamedAsListed() throws Exception {
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules())) {
            Path quiet = Files.writeString(
                    directory.resolve("demo.yaml"),
                    Files.readString(Path.of("../conf/demo.yaml")) + "\naccess_log: { format: off }\n");
            GatewayConfig config = ConfigLoader.load(
                    quiet,
                    Map.of(
                            "CULPRIT_SIM",
                            "127.0.0.1:" + sim.port(),
                            "CULPRIT_PORT",
                            "0",
                            "CULPRIT_ADMIN_PORT",
                            "0",
                            "CULPRIT_JOURNAL",
                            "off"));
            try (Gateway gateway = Gateway.start(config)) {
                String base = "http://127.0.0.1:" + gateway.addresses().get(0).getPort();
                for (DemoTrials.Trial trial : DemoTrials.ALL) {
                    List<String> arguments = new ArrayList<>(List.of("-i"));
                    arguments.addAll(trial.options());
                    arguments.add(base + trial.path());
                    String answer = new String(curl(arguments), StandardCharsets.ISO_8859_1);
                    TestGateway.await(
                            trial.cause() + " is recorded: " + answer,
                            () -> gateway.recorder().recentFailures().stream()
                                    .anyMatch(o -> o.failure().cause().id().equals(trial.cause())));
                    boolean warning =
                            trial.cause().equals("body.excess") || trial.cause().equals("origin.error");
                    assertTrue(warning || answer.contains("cause=\"" + trial.cause() + "\""), answer);
                }
            }
        }
    }

    @Test
    void realFilesPassWithRangesHeadAndConditions() throws Exception {
        try (Oracle nginx = Oracle.start("nginx-static", Map.of());
                TestGateway gateway = TestGateway.before(nginx.port(), "")) {
            byte[] content = new byte[3_000_000];
            new Random(3).nextBytes(content);
            Files.write(nginx.directory().resolve("file.bin"), content);
            String url = "http://127.0.0.1:" + gateway.port() + "/file.bin";
            assertArrayEquals(content, curl(List.of(url)));
            assertArrayEquals(java.util.Arrays.copyOfRange(content, 1000, 2001), curl(List.of("-r", "1000-2000", url)));
            String ranged = text("-I", "-r", "0-9", url);
            assertTrue(ranged.startsWith("HTTP/1.1 206") && ranged.contains("Content-Length: 10\r\n"), ranged);
            String head = text("-I", url);
            assertTrue(head.contains("Content-Length: 3000000\r\n"), head);
            String tag = head.replaceAll("(?s).*ETag: (\\S+).*", "$1");
            assertTrue(text("-i", "-H", "If-None-Match: " + tag, url).startsWith("HTTP/1.1 304"));
            assertTrue(text("-i", "--http1.0", url.replace("file", "none")).startsWith("HTTP/1.1 404"));
        }
    }

    @Test
    void uploadsWithAndWithoutExpectAndFromAPipe() throws Exception {
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway = TestGateway.before(sim.port(), "")) {
            Path file = Files.write(directory.resolve("upload"), new byte[5_000_000]);
            String url = "http://127.0.0.1:" + gateway.port() + "/up";
            for (List<String> how : List.of(
                    List.of("-T", file.toString()),
                    List.of("-H", "Expect:", "-T", file.toString()),
                    List.of("-H", "Transfer-Encoding: chunked", "-T", file.toString()),
                    List.of("-F", "part=@" + file))) {
                List<String> arguments = new ArrayList<>(how);
                arguments.add(url);
                String answer = new String(curl(arguments), StandardCharsets.ISO_8859_1);
                assertTrue(answer.matches("(PUT|POST) /up 200, 5000[0-9]{3} bytes of body\n"), how + ": " + answer);
            }
            String many = text("-w", "%{num_connects}\n", url, url, url);
            assertEquals(3, many.split("GET /up 200", -1).length - 1, many);
            assertTrue(many.contains("0\n"), "curl's connection is kept: " + many);
        }
    }

    @Test
    void beyondLoopbackTheAdminListenerNeedsItsToken() throws Exception {
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway =
                        TestGateway.before(sim.port(), "", "admin: { address: \"0.0.0.0:0\", token: s3cret }");
                var admin = io.culprit.admin.AdminServer.start(
                        gateway.gateway(), gateway.gateway().config().admin().orElseThrow())) {
            String base = "http://127.0.0.1:" + admin.address().getPort();
            assertTrue(text("-i", base + "/").startsWith("HTTP/1.1 401"));
            assertTrue(text("-i", "-u", "x:wrong", base + "/").startsWith("HTTP/1.1 401"));
            assertTrue(text("-i", "-u", "x:s3cret", base + "/").startsWith("HTTP/1.1 200"));
            assertTrue(text("-i", "-H", "Authorization: Bearer s3cret", base + "/api/now")
                    .startsWith("HTTP/1.1 200"));
            assertEquals("ok\n", text(base + "/health"));
        }
    }

    @Test
    void theAdminListenerServesItsPagesAndRefusesToChangeAnything() throws Exception {
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway = TestGateway.before(sim.port(), "", "admin: { address: \"127.0.0.1:0\" }")) {
            gateway.get("/?fault=garbage");
            gateway.failureOf("/?fault=garbage");
            try (var admin = io.culprit.admin.AdminServer.start(
                    gateway.gateway(), gateway.gateway().config().admin().orElseThrow())) {
                String base = "http://127.0.0.1:" + admin.address().getPort();
                assertEquals("ok\n", text(base + "/health"));
                String failures = text(base + "/api/failures");
                assertTrue(failures.contains("\"cause\":\"head.not-http\""), failures);
                String page = text("-i", base + "/");
                assertTrue(page.contains("Content-Security-Policy: default-src 'none'"), page);
                assertTrue(text("-i", "-X", "POST", base + "/api/now").startsWith("HTTP/1.1 405"));
                assertTrue(text("-i", base + "/../etc/passwd").startsWith("HTTP/1.1 404"));
            }
        }
    }
}
