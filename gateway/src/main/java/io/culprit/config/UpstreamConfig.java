package io.culprit.config;

import io.culprit.failure.RetryClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A group of servers that answer the same requests ({@code upstreams.NAME}).
 *
 * @param name its key
 * @param protocol what its servers speak
 * @param servers at least one
 * @param balance how a server is chosen
 * @param maxConnections connections over all IO threads, idle ones included; 0 for no limit
 * @param queue waiting for capacity
 * @param keepalive kept connections
 * @param timeouts what each measures is said at {@link Timeouts}
 * @param nextUpstream when another attempt is made
 * @param health passive and active checks
 * @param breaker circuit breaker, empty for none
 * @param headLimit bytes of a response head
 * @param headerLimit header lines of a response head
 * @param buffering how much of requests and responses is held
 * @param tls TLS to the servers, empty for none
 * @param proxyProtocol preamble that each connection begins with
 * @param fastcgi the site behind a FastCGI upstream, empty for other protocols
 */
public record UpstreamConfig(
        String name,
        Protocol protocol,
        List<Server> servers,
        Balance balance,
        int maxConnections,
        Queue queue,
        KeepAlive keepalive,
        Timeouts timeouts,
        NextUpstream nextUpstream,
        Health health,
        Optional<Breaker> breaker,
        int headLimit,
        int headerLimit,
        Buffering buffering,
        Optional<UpstreamTls> tls,
        ProxyProtocol proxyProtocol,
        Optional<FastCgiConfig> fastcgi) {

    /** Whether idle connections are kept at all. */
    public boolean keepsConnections() {
        return keepalive.connections() > 0;
    }

    /** The PROXY protocol's preamble towards servers; such connections are a client's own and never kept. */
    public enum ProxyProtocol {
        OFF,
        /** One line of text. */
        V1,
        /** Binary. */
        V2
    }

    /** What the servers speak. */
    public enum Protocol {
        /** HTTP/1.1 (RFC 9112). */
        HTTP,
        /** FastCGI 1.0, responder role; PHP-FPM. */
        FASTCGI
    }

    /**
     * @param address where it listens; a host name may stand for several peers
     * @param weight share of requests, 1 or more
     * @param backup used only when no other server is live
     * @param down never used
     * @param maxConnections connections to this server, 0 for no limit
     */
    public record Server(PeerAddress address, int weight, boolean backup, boolean down, int maxConnections) {}

    /** How a server is chosen; the names are nginx's. */
    public enum Balance {
        ROUND_ROBIN,
        LEAST_CONNECTIONS,
        IP_HASH,
        RANDOM_TWO
    }

    /**
     * @param size requests that may wait for a connection, 0: none waits
     * @param timeout how long one may wait
     */
    public record Queue(int size, Duration timeout) {}

    /**
     * @param connections idle connections kept per IO thread, 0: none is kept
     * @param idle how long one may be idle
     * @param requests requests one may serve
     * @param age how old one may grow
     */
    public record KeepAlive(int connections, Duration idle, int requests, Duration age) {}

    /**
     * @param connect TCP connect and TLS handshake together
     * @param send between two successful writes of the request
     * @param head from the request fully sent to the head complete, total
     * @param body between two reads of the body
     * @param total the whole request, zero for no limit
     * @param tunnel without a byte either way after a switch of protocols
     */
    public record Timeouts(
            Duration connect, Duration send, Duration head, Duration body, Duration total, Duration tunnel) {}

    /**
     * @param on classes that are retried
     * @param statuses 5xx statuses (and 403, 404, 429) that are retried, from {@code http_503} and the like
     * @param tries attempts in all, 0: one per server
     * @param timeout no further attempt starts after this, zero for no limit
     * @param nonIdempotent also repeat POST, LOCK and PATCH that may have been seen by an upstream
     */
    public record NextUpstream(
            Set<RetryClass> on, Set<Integer> statuses, int tries, Duration timeout, boolean nonIdempotent) {

        /** Whether a response of this status is retried. */
        public boolean lists(int status) {
            return !statuses.isEmpty() && statuses.contains(status); // boxes nothing where none is listed
        }
    }

    /**
     * @param maxFails failures within {@code failTimeout} that eject a server, 0: never
     * @param failTimeout window of the failures and length of the penalty
     * @param check active check, empty for none
     */
    public record Health(int maxFails, Duration failTimeout, Optional<Check> check) {}

    /**
     * @param path requested with GET; 2xx and 3xx count as healthy
     * @param every pause between two checks
     */
    public record Check(String path, Duration every) {}

    /**
     * @param failureRate percentage of failed calls that opens the breaker, 1 to 100
     * @param window calls looked at
     * @param minimumCalls calls before the rate counts
     * @param openFor how long it stays open
     * @param halfOpenCalls probes let through afterwards
     */
    public record Breaker(int failureRate, int window, int minimumCalls, Duration openFor, int halfOpenCalls) {}

    /**
     * @param request read the whole request body before an upstream is asked
     * @param response take the response off the upstream faster than the client reads it
     * @param memory bytes per message held in memory
     * @param disk bytes per message held in a temporary file beyond that
     * @param hold bytes of response body to wait for before the head is sent, 0: none
     */
    public record Buffering(boolean request, boolean response, long memory, long disk, long hold) {}
}
