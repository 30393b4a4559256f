package io.culprit.bench.load.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.read.ConfigLoader;
import io.culprit.proof.harness.Oracle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is advised is taken by the programs themselves, whatever the values. */
class SettingLinesTest {
    private static final List<Settings> ALL = List.of(
            new Settings(Duration.ofMillis(300), 0, 0, Duration.ofSeconds(5), 1),
            new Settings(Duration.ofMillis(2500), 5, 0, Duration.ofSeconds(5), 3),
            new Settings(Duration.ofSeconds(90), 20, 100, Duration.ofMillis(1500), 2));

    @TempDir
    private Path directory;

    private static Map<String, String> lines(Settings settings) throws IOException {
        Plan plan = PlanReader.parse("""
                arrival: { rate: 10, duration: 5s }
                upstream: { workers: 7, latency: { min: 50ms, max: 50ms } }
                """, "plan");
        return SettingLines.of(plan, settings);
    }

    private static void accepts(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    @Test
    void culpritTakesThem() throws Exception {
        for (Settings each : ALL) {
            String config =
                    lines(each).get("Culprit").replace("  app:\n", "  app:\n    servers: [ \"127.0.0.1:9000\" ]\n");
            ConfigLoader.load(
                    Files.writeString(
                            directory.resolve("c.yaml"),
                            "listen: [ { address: \"127.0.0.1:0\" } ]\njournal: { url: off }\n" + config
                                    + "\nroutes: [ { upstream: app } ]\n"),
                    Map.of());
        }
    }

    @Test
    void nginxTakesThem() throws Exception {
        String nginx = Oracle.program("nginx", "nginx");
        for (Settings each : ALL) {
            String text = lines(each).get("nginx");
            int location = text.indexOf("# in the location");
            Path file = Files.writeString(directory.resolve("n.conf"), """
                    pid %1$s/pid; error_log %1$s/error; events { }
                    http { access_log off; client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c;
                    uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
                    %2$s
                    server { listen 127.0.0.1:1; location / { proxy_pass http://app;
                    %3$s
                    } } }
                    """.formatted(
                            directory, text.substring(0, location), text.substring(location)));
            accepts(nginx, "-t", "-c", file.toString(), "-p", directory.toString());
        }
    }

    @Test
    void haproxyTakesThem() throws Exception {
        String haproxy = Oracle.program("haproxy", "haproxy");
        for (Settings each : ALL) {
            Path file = Files.writeString(
                    directory.resolve("h.cfg"), """
                    defaults
                      mode http
                      timeout connect 5s
                      timeout client 60s
                    frontend f
                      bind 127.0.0.1:1
                      default_backend b
                    backend b
                    %s
                    """.formatted(lines(each).get("HAProxy")));
            accepts(haproxy, "-c", "-f", file.toString());
        }
    }
}
