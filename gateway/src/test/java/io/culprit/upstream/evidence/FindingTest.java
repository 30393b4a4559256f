package io.culprit.upstream.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine made of files, and what is said about it. */
class FindingTest {
    private static final String SOCKET = "/run/php/test.sock";

    @TempDir
    Path root;

    private final AtomicLong clock = new AtomicLong();

    @BeforeEach
    void machine() throws IOException {
        file("proc/vmstat", "nr_free_pages 1\noom_kill 3\n");
        file("proc/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n");
        file("proc/1/cmdline", "/sbin/init\0");
    }

    private void file(String name, String text) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text, StandardCharsets.ISO_8859_1);
    }

    private void sockets(int listening, int accepted, int waiting) throws IOException {
        String line = "0000000000000000: 00000002 00000000 %s 0001 %s 12345 " + SOCKET + "\n";
        file(
                "proc/net/unix",
                "Num       RefCount Protocol Flags    Type St Inode Path\n"
                        + line.formatted("00010000", "01").repeat(listening)
                        + line.formatted("00000000", "03").repeat(accepted)
                        + line.formatted("00000000", "02").repeat(waiting)
                        + "0000000000000000: 00000002 00000000 00010000 0001 01 99 /run/php/other.sock\n");
    }

    private void fpm(int workers) throws IOException {
        file("proc/100/cmdline", "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)\0");
        for (int i = 0; i < workers; i++) {
            file("proc/" + (101 + i) + "/cmdline", "php-fpm: pool www    \0");
        }
    }

    private String said(Cause cause, Optional<FpmStatus> status) {
        var look = new HostInspector(root, clock::get);
        return said(look, cause, status);
    }

    private static String said(HostInspector look, Cause cause, Optional<FpmStatus> status) {
        Observation seen = look.at("unix:" + SOCKET, UnixDomainSocketAddress.of(SOCKET), true)
                .withStatus(status, "");
        return Finding.sentence(cause, 500_000_000L, seen).orElse("");
    }

    private static FpmStatus status(String json) {
        return FpmStatus.parse(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }

    private static FpmStatus pool(long since, long active, long total) {
        return status(("{\"pool\":\"www\",\"process manager\":\"static\",\"start since\":%d,\"active processes\":%d,"
                        + "\"idle processes\":%d,\"total processes\":%d,\"slow requests\":7}")
                .formatted(since, active, total - active, total));
    }

    @Test
    void aFullBacklogIsCountedOut() throws IOException {
        sockets(1, 2, 5);
        fpm(2);
        assertEquals(
                "backlog full: 2 of 2 workers busy, 5 waiting in a backlog of 4; raise pm.max_children or shorten requests",
                said(Cause.CONNECT_BACKLOG_FULL, Optional.empty()));
        assertEquals(
                "backlog full: 2 of 2 workers busy, 5 waiting in a backlog of 4; raise pm.max_children or shorten requests",
                said(Cause.CONNECT_BACKLOG_FULL, Optional.of(pool(60, 2, 2))));
    }

    @Test
    void slownessIsExhaustionOrTheScript() throws IOException {
        sockets(1, 2, 3);
        assertTrue(said(Cause.HEAD_TIMEOUT, Optional.of(pool(60, 2, 2)))
                .startsWith("the pool is exhausted: 2 of 2 workers busy, 3 waiting"));
        sockets(1, 1, 0);
        assertTrue(said(Cause.HEAD_TIMEOUT, Optional.of(pool(60, 1, 2)))
                .startsWith("the script itself was slow: 1 of 2 workers are busy"));
        assertEquals("", said(Cause.HEAD_TIMEOUT, Optional.empty()));
    }

    @Test
    void aMissingSocketIsAPathOrAStoppedServer() throws IOException {
        assertTrue(said(Cause.CONNECT_SOCKET_MISSING, Optional.empty()).endsWith("no php-fpm runs: start it"));
        sockets(0, 0, 0);
        assertTrue(said(Cause.CONNECT_SOCKET_MISSING, Optional.empty())
                .contains("somebody listens on /run/php/other.sock"));
    }

    @Test
    void aRefusedSocketIsALeftover() {
        assertTrue(said(Cause.CONNECT_REFUSED, Optional.empty()).contains("is a leftover"));
    }

    @Test
    void aBrokenResponseIsAReloadACrashOrAStop() throws IOException {
        sockets(1, 1, 0);
        fpm(2);
        assertTrue(said(Cause.HEAD_RESET, Optional.of(pool(0, 1, 2)))
                .startsWith("php-fpm was started or reloaded 0 s ago"));
        assertTrue(said(Cause.HEAD_RESET, Optional.of(pool(9, 1, 2))).startsWith("a worker ended in the middle"));
        sockets(0, 0, 0);
        assertTrue(said(Cause.HEAD_RESET, Optional.empty()).contains("it was stopped"));
    }

    @Test
    void anOomKillIsNoticedNamedAndForgotten() throws IOException {
        sockets(1, 1, 0);
        var look = new HostInspector(root, clock::get);
        assertFalse(said(look, Cause.HEAD_RESET, Optional.empty()).contains("OOM"));
        file("proc/vmstat", "oom_kill 4\n");
        file(
                "var/log/kern.log",
                "Nov 24 04:00:00 host kernel: [1.0] Out of memory: Killed process 4711 (php-fpm8.2) total-vm:9kB, anon-rss:204800kB, x\n");
        assertTrue(
                said(look, Cause.HEAD_RESET, Optional.empty())
                        .contains(
                                "the kernel's OOM killer ended a process, noticed 0 us ago: process 4711 (php-fpm8.2, 200 MiB)"));
        clock.set(OomKills.RECENT.toNanos() + 1);
        assertFalse(said(look, Cause.HEAD_RESET, Optional.empty()).contains("OOM"));
    }

    @Test
    void tcpQueuesAreReadFromTheKernelsTable() throws IOException {
        file("proc/net/tcp", """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:2328 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
                   1: 0100007F:2328 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1
                   2: 0100007F:2328 0100007F:D432 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1
                """);
        var found = new SocketTable(root.resolve("proc")).tcp(9000).orElseThrow();
        assertTrue(found.listening());
        assertEquals(3, found.waiting());
    }

    @Test
    void statusPagesThatAreNoneAreNotBelieved() {
        assertTrue(FpmStatus.parse("<html>".getBytes()).isEmpty());
        assertTrue(FpmStatus.parse("{\"a\":1}".getBytes()).isEmpty());
        assertTrue(FpmStatus.parse("[".repeat(5000).getBytes()).isEmpty());
        assertTrue(FpmStatus.parse(new byte[0]).isEmpty());
        assertTrue(
                FpmStatus.parse("{\"process manager\":\"static\",\"total processes\":99999999999999999999}".getBytes())
                        .isEmpty());
    }
}
