package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.admin.AdminServer;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's Prometheus scrapes the real endpoint and evaluates the shipped rules on injected failures. */
class PrometheusTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private static String get(String url) {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int run(Path output, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return process.exitValue();
    }

    @Test
    void promtoolFindsNothingToComplainAbout() throws Exception {
        String promtool = Oracle.program("promtool", "prometheus");
        Path output = directory.resolve("output");
        assertEquals(
                0, run(output, promtool, "check", "rules", "../conf/alerts/culprit.yml"), Files.readString(output));
        try (TestGateway gateway = TestGateway.before(1, "", "")) {
            gateway.get("/");
            Path page = Files.write(
                    directory.resolve("page"),
                    gateway.gateway().monitor().metrics().page("").content());
            Process lint = new ProcessBuilder(promtool, "check", "metrics")
                    .redirectInput(page.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertTrue(lint.waitFor(30, TimeUnit.SECONDS));
            assertEquals(
                    "",
                    Files.readString(output)
                            .lines()
                            .filter(l -> l.contains("culprit_"))
                            .reduce("", (a, b) -> a + b + "\n"));
        }
    }

    @Test
    void scrapesAndFires() throws Exception {
        String program = Oracle.program("prometheus", "prometheus");
        try (TestGateway gateway = TestGateway.start("""
                journal: { url: "jdbc:h2:%s/journal" }
                admin: { address: "127.0.0.1:0" }
                upstreams:
                  pair: { servers: [ "127.0.0.1:1", "127.0.0.1:2" ], circuit_breaker: { minimum_calls: 3, wait: 10m } }
                routes: [ { upstream: pair } ]
                """.formatted(directory));
                AdminServer admin = AdminServer.start(
                        gateway.gateway(), gateway.gateway().config().admin().orElseThrow())) {
            int port = Oracle.freePort();
            // Everything in seconds instead of minutes, or the test would take an hour.
            Path rules = Files.writeString(
                    directory.resolve("rules.yml"),
                    Files.readString(Path.of("../conf/alerts/culprit.yml"))
                            .replaceAll("for: [0-9]+[ms]", "for: 1s")
                            .replace("> 15\n", "> 1\n"));
            Path config = Files.writeString(directory.resolve("prometheus.yml"), """
                    global: { scrape_interval: 1s, evaluation_interval: 1s }
                    rule_files: [ "%s" ]
                    scrape_configs: [ { job_name: culprit, static_configs: [ { targets: [ "127.0.0.1:%d" ] } ] } ]
                    """.formatted(
                            rules, admin.address().getPort()));
            Process process = new ProcessBuilder(
                            program,
                            "--config.file=" + config,
                            "--storage.tsdb.path=" + directory.resolve("tsdb"),
                            "--web.listen-address=127.0.0.1:" + port,
                            "--enable-feature=exemplar-storage")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            try {
                String api = "http://127.0.0.1:" + port + "/api/v1/";
                TestGateway.await(
                        "it scrapes", 40_000, () -> get(api + "query?query=up").contains("\"1\"]"));
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                String alerts = "";
                while (System.nanoTime() < end && !firing(alerts)) {
                    gateway.get("/");
                    Thread.sleep(200);
                    alerts = get(api + "alerts");
                }
                assertTrue(firing(alerts), alerts);
                assertFalse(alerts.contains("CulpritJournalLags"), alerts);
                String query = "sum(culprit_failures_total{cause=\"connect.refused\"})";
                String counted = get(api + "query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
                assertTrue(counted.contains("\"result\":[{"), counted);
                String exemplars = get(api + "query_exemplars?query=culprit_failures_total&start="
                        + (System.currentTimeMillis() / 1000 - 300) + "&end="
                        + (System.currentTimeMillis() / 1000 + 1));
                assertTrue(exemplars.contains("trace_id"), exemplars);
            } finally {
                process.destroy();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        }
    }

    private static boolean firing(String alerts) {
        return alerts.contains("CulpritErrorBudgetBurnsFast")
                && alerts.contains("CulpritBreakerOpen")
                && alerts.contains("CulpritUpstreamOut")
                && alerts.contains("CulpritServerOutOfUse")
                && !alerts.contains("pending");
    }
}
