package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.GatewayProcess.Disk;
import io.culprit.proof.harness.GatewayProcess.Resources;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.proof.harness.UpstreamFixture;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** File systems that are really full, in a process that has them for itself: one thing fails by name, the gateway serves on. */
@Timeout(120)
class FullDiskTest extends UpstreamFixture {
    @TempDir
    Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(Disk.isPossible());
        disk = Files.createDirectory(directory.resolve("disk"));
    }

    private GatewayProcess gateway(String size, String settings, String... options) throws IOException {
        return GatewayProcess.start(
                new Resources("", 0, Optional.of(new Disk(disk, size))),
                directory,
                Oracle.freePort(),
                """
                drain: { timeout: 100ms }
                expose: cause
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                %s
                """.formatted(sim.port(), settings),
                options);
    }

    /** The request whose body is too much fails, and its part of the file system is free again. */
    @Test
    void aBodyThatDoesNotFitFailsByNameAndLeavesNothing() throws Exception {
        Path access = directory.resolve("access.log");
        try (GatewayProcess gateway = gateway("512k", """
                temp_directory: %s
                access_log: { path: %s, format: json }
                journal: { url: off }
                """.formatted(disk, access))) {
            for (int i = 0; i < 3; i++) {
                RawResponse refused = upload(gateway, 2_000_000);
                assertEquals("gateway.temp-disk-full", refused.cause(), refused.text());
                assertEquals(500, refused.status());
                assertEquals(200, upload(gateway, 300_000).status(), "what fits goes up");
            }
            TestGateway.await("each request has its line", () -> lines(access).length == 6);
            assertTrue(!gateway.errors().contains("\tat "), gateway.errors());
        }
    }

    /** Who reads slowly waits for the upstream then, and gets all of it. */
    @Test
    void aSlowReaderIsSlowedAndNotTorn() throws Exception {
        try (GatewayProcess gateway = gateway("512k", """
                temp_directory: %s
                access_log: { format: off }
                journal: { url: off }
                """.formatted(disk));
                Socket client = new Socket("127.0.0.1", gateway.port())) {
            client.setSoTimeout(15_000);
            client.getOutputStream().write(get("/?size=20000000"));
            TestGateway.await("the file system is full", () -> free(gateway) == 0);
            assertEquals(200, ask(gateway, "/?size=10"), "others are served meanwhile");
            InputStream in = client.getInputStream();
            long read = 0;
            byte[] buffer = new byte[64 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                read += n;
            }
            assertTrue(read > 20_000_000, read + " bytes");
            TestGateway.await("the file is gone", () -> free(gateway) > 0);
        }
    }

    /** Lines that find no room are counted as lost; those that come when there is room are written. */
    @Test
    void aLogThatFindsNoRoomIsCountedAndGoesOn() throws Exception {
        int admin = Oracle.freePort();
        Path access = disk.resolve("access.log");
        try (GatewayProcess gateway = gateway("64k", """
                admin: { address: "127.0.0.1:%d" }
                access_log: { path: %s, format: json }
                journal: { url: off }
                """.formatted(admin, access))) {
            String lost = "\nculprit_log_lines_dropped_total ";
            TestGateway.await("the admin listener is there", () -> GatewayProcess.listens(admin));
            for (int i = 0; i < 1_000 && dropped(admin, lost) == 0; i++) {
                assertEquals(200, ask(gateway, "/?size=10"));
            }
            long before = dropped(admin, lost);
            assertTrue(before > 0, "nothing was lost");
            long told = gateway.errors()
                    .lines()
                    .filter(l -> l.contains("access.log"))
                    .count();
            assertEquals(1, told, gateway.errors());
            assertTrue(gateway.errors().contains("No space left on device"), gateway.errors());
            Files.writeString(gateway.seen(access), "");
            assertEquals(200, ask(gateway, "/after"));
            TestGateway.await(
                    "the next line is there", () -> read(gateway.seen(access)).contains("/after"));
            // An empty line ends what a failed write may have left.
            assertTrue(
                    read(gateway.seen(access))
                            .lines()
                            .allMatch(l -> l.isEmpty() || l.startsWith("{") && l.endsWith("}")),
                    "whole lines");
        }
    }

    /** The journal's own trouble is said at most once a minute, and no request waits for it. */
    @Test
    void aJournalThatFindsNoRoomHoldsNothingUp() throws Exception {
        try (GatewayProcess gateway = gateway("256k", """
                access_log: { format: off }
                journal: { url: "jdbc:h2:%s" }
                """.formatted(disk.resolve("journal")))) {
            long end = System.nanoTime() + 6_000_000_000L;
            long latest = end + 60_000_000_000L;
            for (int i = 0; System.nanoTime() < end || toldOfJournal(gateway) == 0; i++) {
                assertEquals(502, ask(gateway, "/?fault=close&n=" + i));
                assertTrue(System.nanoTime() < latest, "nothing is said of the journal");
            }
            assertTrue(toldOfJournal(gateway) <= 2, gateway.errors());
            assertTrue(!gateway.errors().contains("\tat "), gateway.errors());
        }
    }

    private static long toldOfJournal(GatewayProcess gateway) {
        return gateway.errors()
                .lines()
                .filter(l -> l.toLowerCase().contains("journal"))
                .count();
    }

    private static byte[] get(String target) {
        return ("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static int ask(GatewayProcess gateway, String target) throws IOException {
        return RawResponse.exchange(gateway.port(), get(target), 10_000).status();
    }

    private static RawResponse upload(GatewayProcess gateway, int bytes) throws IOException {
        String head =
                "POST /up HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n".formatted(bytes);
        return RawResponse.exchange(
                gateway.port(), (head + "b".repeat(bytes)).getBytes(StandardCharsets.US_ASCII), 10_000);
    }

    private static long dropped(int admin, String metric) throws IOException {
        String text = RawResponse.exchange(
                        admin,
                        "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII),
                        10_000)
                .text();
        int at = text.indexOf(metric);
        return at < 0
                ? 0
                : (long) Double.parseDouble(text.substring(at + metric.length()).split("\\s")[0]);
    }

    private long free(GatewayProcess gateway) {
        try {
            return Files.getFileStore(gateway.seen(disk)).getUnallocatedSpace();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String[] lines(Path file) {
        return read(file).split("\n");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
