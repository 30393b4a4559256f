package io.culprit.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.read.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeoutBudgetTest {
    @TempDir
    private Path directory;

    private GatewayConfig load(String top, String upstream) throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                listen: [ { address: "127.0.0.1:0" } ]
                %s
                upstreams: { app: { %s } }
                routes: [ { upstream: app } ]
                """.formatted(top, upstream));
        return ConfigLoader.load(file, Map.of());
    }

    private TimeoutBudget budget(String top, String upstream) throws Exception {
        return TimeoutBudget.of(load(top, upstream)).get(0);
    }

    @Test
    void timersThatFitTogetherAreLeftAlone() throws Exception {
        TimeoutBudget budget = budget(
                "limits: { client_timeout: 60s }",
                "servers: [ \"127.0.0.1:1\" ], timeouts: { connect: 2s, send: 10s, read: 20s, total: 50s }");
        assertEquals(java.util.List.of(), budget.contradictions());
        assertEquals(Duration.ofSeconds(32), budget.worst());
    }

    @Test
    void eachContradictionIsNamed() throws Exception {
        String all = String.join(
                "\n",
                budget(
                                "limits: { client_timeout: 3s }",
                                "protocol: fastcgi, servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\" ], max_connections: 5,"
                                        + " queue: { size: 5, timeout: 10s }, timeouts: { connect: 2s, read: 9s, total: 8s },"
                                        + " next_upstream: { timeout: 1s },"
                                        + " fastcgi: { root: /srv, terminate_timeout: 30s }")
                        .contradictions());
        assertTrue(all.contains("timeouts.total 8.00 s ends before connect 2.00 s and head 9.00 s"), all);
        assertTrue(all.contains("leaves no time for a second attempt"), all);
        assertTrue(all.contains("queue.timeout 10.00 s is not below timeouts.total"), all);
        assertTrue(all.contains("limits.client_timeout 3.00 s is below the 8.00 s"), all);
        assertTrue(all.contains("next_upstream.timeout 1.00 s is over before connect"), all);
        assertTrue(
                all.contains("fastcgi.terminate_timeout 30.00 s is above head 9.00 s: PHP goes on for up to 21.00 s"),
                all);
    }

    @Test
    void sourcesAreShownWithoutTheirSecrets() throws Exception {
        ConfigSource source = load("""
                        admin: { address: "127.0.0.1:0", token: "tok\u00e9n-secret" } # é before it
                        journal: { url: "jdbc:postgresql://db/c?password=hunter2", password: 'hunter3' }
                        alerts: { webhooks: [ { url: "https://hooks.test/T0/secret4", headers: { X-A: secret5 } } ], rules: [ { on: outage } ] }
                        otlp: { endpoint: "http://user:secret6@127.0.0.1:4318", headers: { Authorization: "${NONE:-secret7}" } }
                        """, "servers: [ \"127.0.0.1:1\" ]").source();
        String shown = source.files().get(0).text();
        for (String secret : new String[] {"tok\u00e9n", "hunter2", "hunter3", "secret4", "secret5", "secret6"}) {
            assertFalse(shown.contains(secret), shown);
        }
        assertTrue(shown.contains("servers: [ \"127.0.0.1:1\" ]"), shown);
        assertEquals(source.fingerprint().hex(), source.present().hash());
        Files.writeString(Path.of(source.files().get(0).name()), "listen: nonsense");
        assertFalse(source.present().problems().isEmpty());
    }
}
