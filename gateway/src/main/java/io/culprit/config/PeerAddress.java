package io.culprit.config;

import java.util.Optional;

/**
 * Where a server listens: a host and port, a service whose SRV records (RFC 2782) name hosts and ports, or the path of a
 * unix-domain socket.
 *
 * @param host host name, literal address without brackets or name of the service, empty for a unix socket
 * @param port 1 to 65535, 0 for a unix socket and for a service
 * @param socketPath path of the unix socket, empty otherwise
 */
public record PeerAddress(String host, int port, String socketPath) {
    private static final String UNIX = "unix:";
    private static final String SRV = "srv:";

    /** Parses {@code host:port}, {@code [v6]:port}, {@code srv:_service._proto.name} or {@code unix:/path}; empty when it is none of them. */
    public static Optional<PeerAddress> parse(String text) {
        if (text.startsWith(UNIX)) {
            String path = text.substring(UNIX.length());
            return path.isEmpty() ? Optional.empty() : Optional.of(new PeerAddress("", 0, path));
        }
        if (text.startsWith(SRV)) {
            String name = text.substring(SRV.length());
            return name.matches("_[A-Za-z0-9-]+\\._(tcp|udp)(\\.[A-Za-z0-9_-]+)+\\.?")
                    ? Optional.of(new PeerAddress(name, 0, ""))
                    : Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            return Optional.empty();
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            boolean good = port >= 1
                    && port <= 65535
                    && !host.isEmpty()
                    && host.chars().allMatch(c -> c > ' ' && c < 127);
            return good ? Optional.of(new PeerAddress(host, port, "")) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether it is a unix-domain socket. */
    public boolean isUnix() {
        return !socketPath.isEmpty();
    }

    /** Whether SRV records say where its servers are. */
    public boolean isService() {
        return port == 0 && socketPath.isEmpty();
    }

    @Override
    public String toString() {
        if (isService()) {
            return SRV + host;
        }
        if (isUnix()) {
            return UNIX + socketPath;
        }
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
