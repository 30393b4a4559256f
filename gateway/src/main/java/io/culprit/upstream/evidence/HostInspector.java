package io.culprit.upstream.evidence;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Looks at this machine with the eyes of whoever we run as, without asking the upstream anything: files, kernel tables,
 * process titles. Takes a few milliseconds; called by one thread, never an IO thread.
 */
public final class HostInspector {
    private final SocketTable sockets;
    private final Processes processes;
    private final OomKills oomKills;

    /**
     * @param root where {@code proc} and {@code var/log} lie, normally {@code /}
     * @param nanoClock normally {@link System#nanoTime}
     */
    public HostInspector(Path root, LongSupplier nanoClock) {
        this.sockets = new SocketTable(root.resolve("proc"));
        this.processes = new Processes(root.resolve("proc"));
        this.oomKills = new OomKills(root, nanoClock);
    }

    /**
     * @param name the peer's name
     * @param php whether the peer is a PHP-FPM pool
     */
    public Observation at(String name, SocketAddress address, boolean php) {
        if (address instanceof UnixDomainSocketAddress unix) {
            Path path = unix.getPath();
            SocketFile file = SocketFile.look(path);
            boolean elsewhere = php && file.state() == SocketFile.State.MISSING;
            return new Observation(
                    name,
                    true,
                    Optional.of(file),
                    sockets.unix(path.toString()),
                    php ? processes.fpm() : Optional.empty(),
                    elsewhere ? sockets.unixListeners("php") : List.of(),
                    oomKills.recent(),
                    Optional.empty(),
                    "");
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        boolean local = inet.getAddress().isLoopbackAddress();
        return new Observation(
                name,
                false,
                Optional.empty(),
                local ? sockets.tcp(inet.getPort()) : Optional.empty(),
                local && php ? processes.fpm() : Optional.empty(),
                List.of(),
                local ? oomKills.recent() : Optional.empty(),
                Optional.empty(),
                "");
    }
}
