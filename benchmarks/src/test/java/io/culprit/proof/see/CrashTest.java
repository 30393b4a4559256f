package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Event;
import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.record.journal.Journal;
import io.culprit.record.journal.JournalQueries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the journal and the logs of a real process. */
class CrashTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @TempDir
    private Path directory;

    private String yaml(Path journal) {
        return """
                access_log: { path: %s/access.log, format: combined }
                error_log: { path: /dev/null }
                journal: { url: "jdbc:h2:%s", instance: crash }
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """.formatted(directory, journal);
    }

    private static TestGateway reader(Path journal) throws IOException {
        return TestGateway.start("""
                journal: { url: "jdbc:h2:%s", instance: crash }
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """.formatted(journal));
    }

    private static long refused(Journal journal) {
        try {
            return journal.queries().counts(0).stream()
                    .filter(row -> row.last() && row.cause().equals("connect.refused"))
                    .mapToLong(JournalQueries.Row::count)
                    .sum();
        } catch (JournalQueries.UnavailableException e) {
            return -1;
        }
    }

    @Test
    void killNineLosesAtMostTheLastSecondAndTheNextStartSaysSo() throws Exception {
        Path file = directory.resolve("journal");
        int before = 200;
        try (GatewayProcess gateway = GatewayProcess.start(directory, Oracle.freePort(), yaml(file))) {
            for (int i = 0; i < before; i++) {
                assertEquals(502, RawResponse.exchange(gateway.port(), GET).status());
            }
            TimeUnit.MILLISECONDS.sleep(1_500); // what is older than a second is what must survive
            for (int i = 0; i < 20; i++) {
                RawResponse.exchange(gateway.port(), GET);
            }
            gateway.kill();
        }
        try (TestGateway next = reader(file)) {
            Journal journal = next.gateway().monitor().journal().orElseThrow();
            TestGateway.await("the journal is open", () -> refused(journal) >= 0);
            long kept = refused(journal);
            assertTrue(kept >= before && kept <= before + 20, kept + " of " + (before + 20));
            TestGateway.await(
                    "the crash is told",
                    () -> next.gateway().monitor().watch().events().stream()
                            .anyMatch(e -> e.kind() == Event.Kind.GATEWAY_CRASHED));
            TestGateway.await(
                    "the outage goes on",
                    () -> next.gateway().monitor().watch().outages().open().containsKey("app"));
        }
    }

    @Test
    void usr1OpensTheLogsAnew() throws Exception {
        try (GatewayProcess gateway =
                GatewayProcess.start(directory, Oracle.freePort(), yaml(directory.resolve("j")))) {
            RawResponse.exchange(gateway.port(), GET);
            Path log = directory.resolve("access.log");
            TestGateway.await("a line is written", () -> size(log) > 0);
            Path moved = Files.move(log, directory.resolve("access.log.1"));
            long old = size(moved);
            gateway.signal("USR1");
            TestGateway.await("a new file is begun", () -> Files.exists(log));
            RawResponse.exchange(gateway.port(), GET);
            TestGateway.await("it is written", () -> size(log) > 0);
            assertEquals(old, size(moved));
        }
    }

    /** A file system of one megabyte, which root may mount. */
    @Test
    void aFullDiskStopsTheJournalButNotTheGatewayAndItCatchesUp() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        boolean mounted = System.getProperty("user.name").equals("root")
                && new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "none", small.toString())
                                .start()
                                .waitFor()
                        == 0;
        Assumptions.assumeTrue(mounted, "mounting a small file system needs root");
        try (TestGateway gateway = reader(small.resolve("journal"))) {
            Journal journal = gateway.gateway().monitor().journal().orElseThrow();
            gateway.get("/");
            TestGateway.await("it is kept", () -> refused(journal) == 1);
            Path filler = small.resolve("filler");
            fill(filler);
            for (int i = 0; i < 30; i++) {
                assertEquals(502, gateway.get("/" + "x".repeat(2000) + i).status());
            }
            TestGateway.await(
                    "the trouble is named", 30_000, () -> !journal.trouble().isEmpty());
            assertEquals(502, gateway.get("/").status());
            Files.delete(filler);
            TestGateway.await("it catches up", 40_000, () -> refused(journal) == 32);
        } finally {
            new ProcessBuilder("umount", "-l", small.toString()).start().waitFor();
        }
    }

    private static void fill(Path file) {
        try (var out = Files.newOutputStream(file)) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            // full, as it should be
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
