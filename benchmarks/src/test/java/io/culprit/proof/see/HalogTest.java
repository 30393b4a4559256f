package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HAProxy's own log reader understands the haproxy format; -s says that syslog's three fields are not before it. */
class HalogTest {
    @TempDir
    private Path directory;

    @Test
    void halogCountsWhatWasLogged() throws Exception {
        String program = Oracle.program("halog", "haproxy");
        Path log = directory.resolve("log");
        Path config = directory.resolve("unused");
        try (TestGateway gateway = TestGateway.start("""
                access_log: { path: "%s", format: haproxy }
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """.formatted(log))) {
            for (int i = 0; i < 7; i++) {
                gateway.get("/a?b=c \"d\"".replace(" ", "%20"));
            }
        }
        Process halog = new ProcessBuilder(program, "-s", "-3", "-st")
                .redirectInput(log.toFile())
                .redirectErrorStream(true)
                .redirectOutput(config.toFile())
                .start();
        assertTrue(halog.waitFor(10, TimeUnit.SECONDS));
        String counted = Files.readString(config);
        assertTrue(counted.contains("502 7"), counted + "\n" + Files.readString(log));
        Process states = new ProcessBuilder(program, "-s", "-3", "-tc")
                .redirectInput(log.toFile())
                .redirectErrorStream(true)
                .redirectOutput(config.toFile())
                .start();
        assertTrue(states.waitFor(10, TimeUnit.SECONDS));
        assertTrue(Files.readString(config).contains("SC 7"), Files.readString(config));
    }
}
