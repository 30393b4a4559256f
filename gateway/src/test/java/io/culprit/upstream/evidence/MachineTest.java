package io.culprit.upstream.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a machine made of files. */
class MachineTest {
    private static final String HEADING = "Num       RefCount Protocol Flags    Type St Inode Path\n";
    private static final String ROW = "0000000000000000: 00000002 00000000 %s 0001 %s 12345 %s\n";

    @TempDir
    Path root;

    private final AtomicLong clock = new AtomicLong(1);

    private Path file(String name, String text) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text, StandardCharsets.ISO_8859_1);
    }

    private Observation at(String peer, SocketAddress address, boolean php) {
        return new HostInspector(root, clock::get).at(peer, address, php);
    }

    @Test
    void aSocketsFileIsSeenWithItsOwnerAndMode() throws IOException {
        Path path = root.resolve("a.sock");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-x--x"));
            SocketFile seen = SocketFile.look(path);
            String owner = Files.getOwner(path).getName();
            assertEquals(SocketFile.State.SOCKET, seen.state());
            assertEquals("0651", seen.mode());
            assertTrue(seen.owner().startsWith(owner + ":"), seen.owner());
            assertEquals(
                    "is a socket of %s, mode 0651; we are %s".formatted(seen.owner(), System.getProperty("user.name")),
                    seen.line());
        }
    }

    @Test
    void whatIsNoSocketSaysSo() throws IOException {
        Path path = file("plain", "");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("-w-rw-r--"));
        SocketFile seen = SocketFile.look(path);
        assertEquals(SocketFile.State.NOT_A_SOCKET, seen.state());
        assertEquals("is no socket but another file, of " + seen.owner() + ", mode 0264", seen.line());
        SocketFile missing = SocketFile.look(root.resolve("none"));
        assertEquals(new SocketFile(SocketFile.State.MISSING, "", ""), missing);
        assertEquals("does not exist", missing.line());
        assertEquals(
                "cannot be seen by " + System.getProperty("user.name") + ": a directory on the way is closed",
                new SocketFile(SocketFile.State.HIDDEN, "", "").line());
    }

    @Test
    void processesAreKnownByTheirTitles() throws IOException {
        file("proc/7/cmdline", "php-fpm: master process (/etc/php-fpm.conf)\0more");
        file("proc/8/cmdline", "php-fpm: pool www   \0");
        file("proc/9/cmdline", "php-fpm: pool www");
        file("proc/10/cmdline", "php-fpm: pool api\0\0");
        file("proc/11/cmdline", "grep php-fpm: pool www\0");
        file("proc/12/cmdline", "");
        Files.createDirectories(root.resolve("proc/13"));
        file("proc/self/cmdline", "php-fpm: pool none\0");
        Processes.Fpm found = new Processes(root.resolve("proc")).fpm().orElseThrow();
        assertEquals(new Processes.Fpm(OptionalLong.of(7), Map.of("www", 2, "api", 1)), found);
        assertTrue(found.alive());
        assertEquals("php-fpm master 7, workers: pool api with 1, pool www with 2", found.line());
    }

    @Test
    void noProcessesAndNoListOfThemAreTwoThings() throws IOException {
        assertEquals(Optional.empty(), new Processes(root.resolve("proc")).fpm());
        file("proc/8/cmdline", "init\0");
        Processes.Fpm none = new Processes(root.resolve("proc")).fpm().orElseThrow();
        assertFalse(none.alive());
        assertEquals("no php-fpm master, no workers", none.line());
        assertTrue(new Processes.Fpm(OptionalLong.empty(), Map.of("www", 1)).alive());
        assertTrue(new Processes.Fpm(OptionalLong.of(1), Map.of()).alive());
    }

    @Test
    void ofAUnixSocketItsFileItsQueueAndItsNeighboursAreSeen() throws IOException {
        String path = root.resolve("app.sock").toString();
        SocketAddress address = UnixDomainSocketAddress.of(path);
        file(
                "proc/net/unix",
                HEADING + ROW.formatted("00010000", "01", path)
                        + ROW.formatted("00000000", "03", path).repeat(3)
                        + ROW.formatted("00000000", "02", path).repeat(2) + ROW.formatted("00000000", "01", path)
                        + ROW.formatted("00010000", "01", "/run/php/other.sock")
                        + ROW.formatted("00000000", "03", "/run/php/third.sock")
                        + ROW.formatted("00010000", "01", "/run/mysql.sock")
                        + "0000000000000000: 00000002 00000000 00010000 0001 01 12345\n");
        file("proc/7/cmdline", "php-fpm: master process\0");
        file("proc/vmstat", "oom_kill 3\n");
        Observation seen = at("unix:" + path, address, true);
        assertTrue(seen.unix());
        assertEquals("unix:" + path, seen.peer());
        assertEquals(SocketFile.State.MISSING, seen.socketFile().orElseThrow().state());
        assertEquals(Optional.of(new SocketTable.Listener(true, 2, 3)), seen.listener());
        assertTrue(seen.crowded());
        assertTrue(seen.fpm().isPresent());
        assertEquals(List.of("/run/php/other.sock"), seen.otherSockets());
        Observation plain = at("unix:" + path, address, false);
        assertEquals(List.of(), plain.otherSockets(), "no php, no guess");
        assertTrue(plain.fpm().isEmpty());
        Files.writeString(Path.of(path), "");
        assertEquals(List.of(), at("unix:" + path, address, true).otherSockets(), "it is there");
    }

    @Test
    void withoutTheKernelsTableNoListenerIsSeen() {
        SocketTable none = new SocketTable(root.resolve("proc"));
        assertEquals(Optional.empty(), none.unix("/run/a"));
        assertEquals(List.of(), none.unixListeners("a"));
    }

    @Test
    void ofAnotherMachineNothingIsSeen() throws IOException {
        file("proc/net/tcp", "heading\n   0: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:0\n");
        file("proc/7/cmdline", "php-fpm: master process\0");
        Observation far = at("192.0.2.1:9000", new InetSocketAddress("192.0.2.1", 9000), true);
        assertEquals(Observation.nothing("192.0.2.1:9000"), far);
        Observation near = at("127.0.0.1:9000", new InetSocketAddress("127.0.0.1", 9000), true);
        assertEquals(Optional.of(new SocketTable.Listener(true, 0, 0)), near.listener());
        assertTrue(near.fpm().isPresent());
        assertFalse(near.unix() || near.crowded());
        assertTrue(at("127.0.0.1:9000", new InetSocketAddress("127.0.0.1", 9000), false)
                .fpm()
                .isEmpty());
        file("proc/vmstat", "oom_kill 0\n");
        HostInspector look = new HostInspector(root, clock::get);
        file("proc/vmstat", "oom_kill 1\n");
        assertTrue(
                look.at("", new InetSocketAddress("192.0.2.1", 9000), true)
                        .oom()
                        .isEmpty(),
                "whose memory is short?");
        assertTrue(look.at("", new InetSocketAddress("127.0.0.1", 9000), true)
                .oom()
                .isPresent());
    }

    @Test
    void killsAreCountedFromTheStartOnAndSpokenOfForFiveMinutes() throws IOException {
        file("proc/vmstat", "nr_free_pages 9\noom_kill 3\n");
        OomKills kills = new OomKills(root, clock::get);
        assertEquals(Optional.empty(), kills.recent());
        file("proc/vmstat", "nr_free_pages 9\noom_kill 5\n");
        assertEquals(Optional.of("the kernel's OOM killer ended 2 processes, noticed 0 us ago"), kills.recent());
        clock.addAndGet(OomKills.RECENT.toNanos());
        assertEquals(Optional.of("the kernel's OOM killer ended 2 processes, noticed 300.00 s ago"), kills.recent());
        clock.incrementAndGet();
        assertEquals(Optional.empty(), kills.recent());
        file("proc/vmstat", "oom_kill 6\n");
        assertEquals(Optional.of("the kernel's OOM killer ended a process, noticed 0 us ago"), kills.recent());
        file("proc/vmstat", "oom_kills 9\n");
        assertTrue(kills.recent().isPresent(), "a counter that cannot be read says nothing");
        Files.delete(root.resolve("proc/vmstat"));
        assertTrue(kills.recent().isPresent());
        assertEquals(Optional.empty(), new OomKills(root, clock::get).recent());
    }

    @Test
    void theVictimIsNamedByWhicheverLogKnows() throws IOException {
        file("proc/vmstat", "oom_kill 0\n");
        OomKills kills = new OomKills(root, clock::get);
        file("proc/vmstat", "oom_kill 1\n");
        String line =
                "x kernel: Memory cgroup out of memory: Killed process %d (%s) total-vm:9kB, anon-rss:2048kB, x\n";
        file("var/log/kern.log", "nothing\n");
        file("var/log/syslog", line.formatted(1, "first") + "x".repeat(70_000) + "\n" + line.formatted(2, "last"));
        assertTrue(kills.recent().orElseThrow().endsWith("ago: process 2 (last, 2 MiB)"));
        file("var/log/syslog", line.formatted(1, "first") + "x".repeat(70_000) + "\n");
        assertTrue(kills.recent().orElseThrow().endsWith(" ago"), "too long ago");
        file("var/log/messages", "Out of memory: Kill process 3 (old) score 9\n");
        assertTrue(kills.recent().orElseThrow().endsWith("ago: process 3 (old)"));
        assertEquals(Optional.empty(), OomKills.victimIn("Out of paper"));
        assertEquals(
                Optional.of("process 2 (b)"),
                OomKills.victimIn("Out of memory: Killed process 1 (a)\nOut of memory: Killed process 2 (b)"));
    }
}
