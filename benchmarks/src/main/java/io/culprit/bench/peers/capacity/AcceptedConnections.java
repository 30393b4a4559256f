package io.culprit.bench.peers.capacity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How many clients a server on loopback holds, by the kernel's own table ({@code proc(5)}, {@code /proc/net/tcp}). */
public final class AcceptedConnections {
    private static final String ESTABLISHED = "01";

    private AcceptedConnections() {}

    /** Established connections of a listener's that were accepted; those that wait for it have no inode yet. */
    public static long of(int port) throws IOException {
        String local = ":%04X".formatted(port);
        long count = 0;
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            try (Stream<String> lines = Files.lines(Path.of(table))) {
                count += lines.skip(1)
                        .map(line -> line.trim().split("\\s+"))
                        .filter(f -> f[1].endsWith(local) && f[3].equals(ESTABLISHED) && !f[9].equals("0"))
                        .count();
            }
        }
        return count;
    }
}
