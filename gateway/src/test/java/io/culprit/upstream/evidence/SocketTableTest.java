package io.culprit.upstream.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.upstream.evidence.SocketTable.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketTableTest {
    private static final String HEADING =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String REST = " 00:00000000 00000000     0        0 28 1 0000000008f1d653 100 0 0 10 0\n";

    @TempDir
    Path proc;

    private Optional<Listener> tcp(String four, String six) throws IOException {
        Path net = Files.createDirectories(proc.resolve("net"));
        Files.writeString(net.resolve("tcp"), HEADING + four);
        Files.writeString(net.resolve("tcp6"), HEADING + six);
        return new SocketTable(proc).tcp(9000);
    }

    private static String row(int number, String local, String state, int receiveQueue) {
        return "%4d: %s 00000000:0000 %s 00000000:%08X".formatted(number, local, state, receiveQueue) + REST;
    }

    @Test
    void connectionsOfAListenerAreCountedFarBehindIt() throws IOException {
        StringBuilder four = new StringBuilder(row(0, "0100007F:2328", "0A", 2));
        for (int i = 1; i < 20_000; i++) {
            four.append(row(i, "0100007F:" + (i % 4000 == 0 ? "2328" : "1F90"), "01", 0));
        }
        assertEquals(Optional.of(new Listener(true, 2, 2)), tcp(four.toString(), ""));
    }

    @Test
    void aListenerOnIpv6AcceptsIpv4() throws IOException {
        assertEquals(
                Optional.of(new Listener(true, 0, 1)),
                tcp(row(0, "0100007F:2328", "01", 0), row(0, "00000000000000000000000000000000:2328", "0A", 0)));
    }

    @Test
    void whatIsLeftOfConnectionsIsNoListener() throws IOException {
        assertEquals(Optional.of(new Listener(false, 0, 0)), tcp(row(0, "0100007F:2328", "06", 0), ""));
        assertEquals(Optional.of(new Listener(false, 0, 0)), tcp(row(0, "0100007F:1F90", "0A", 5), ""));
    }

    @Test
    void withoutTablesNothingIsSaid() {
        assertEquals(Optional.empty(), new SocketTable(proc).tcp(9000));
    }

    /** The kernel's own tables, with one connection accepted and one waiting. */
    @Test
    void thisMachine() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Socket first = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket accepted = listener.accept();
                Socket second = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            assertEquals(
                    Optional.of(new Listener(true, 1, 1)),
                    new SocketTable(Path.of("/proc")).tcp(listener.getLocalPort()),
                    () -> first + " " + accepted + " " + second);
        }
    }
}
