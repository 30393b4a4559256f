package io.culprit.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Why an address cannot be listened on, in the words of somebody who would have looked. Stateless. */
public final class BindTrouble {
    private static final int FIRST_FREE_PORT = 1024;

    /** State LISTEN in /proc/net/tcp. */
    private static final String LISTEN = "0A";

    private BindTrouble() {}

    /** An address as people write it: {@code 127.0.0.1:8080}, {@code [::1]:8080}. */
    public static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + address.getPort() : host + ":" + address.getPort();
    }

    /** The reason, who is in the way where that can be seen, and what helps. */
    static String explain(InetSocketAddress address, IOException e) {
        String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        String what = "cannot listen on " + shown(address) + ": ";
        if (reason.contains("in use")) {
            return what + "address already in use"
                    + holder(address.getPort(), Path.of("/proc"))
                            .map(who -> " by " + who)
                            .orElse(" (ss -ltnp tells by whom)");
        }
        if (reason.contains("permission denied") && address.getPort() < FIRST_FREE_PORT) {
            return what + "permission denied: ports below " + FIRST_FREE_PORT
                    + " need root or CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE)";
        }
        if (reason.contains("cannot assign")) {
            return what + "no network interface here has this address";
        }
        return what + reason;
    }

    /** Process that listens on a port, as {@code nginx, process 123}. */
    static Optional<String> holder(int port, Path proc) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            try {
                for (String line : Files.readAllLines(proc.resolve(table))) {
                    String[] cells = line.trim().split("\\s+");
                    if (cells.length > 9
                            && cells[3].equals(LISTEN)
                            && cells[1].endsWith(String.format(":%04X", port))) {
                        sockets.add("socket:[" + cells[9] + "]");
                    }
                }
            } catch (IOException e) {
                continue; // no such protocol here
            }
        }
        return sockets.isEmpty() ? Optional.empty() : process(sockets, proc);
    }

    private static Optional<String> process(Set<String> sockets, Path proc) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    return Optional.of(
                            Files.readString(process.resolve("comm")).trim() + ", process " + process.getFileName());
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // it ended meanwhile
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // somebody else's, or gone
        }
        return false;
    }
}
