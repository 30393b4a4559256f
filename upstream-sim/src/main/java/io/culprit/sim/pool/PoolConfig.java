package io.culprit.sim.pool;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One pool, in the words of FPM's own configuration.
 *
 * @param name of the pool
 * @param listen {@code /path/to.sock} or {@code host:port}
 * @param listenMode permissions of a socket's file, octal
 * @param protocol what its workers speak
 * @param pm how workers are managed
 * @param maxChildren pm.max_children
 * @param startServers pm.start_servers, dynamic only
 * @param minSpareServers pm.min_spare_servers, dynamic only
 * @param maxSpareServers pm.max_spare_servers, dynamic only
 * @param processIdleTimeout pm.process_idle_timeout, ondemand only
 * @param maxRequests pm.max_requests, 0 for no recycling
 * @param backlog listen.backlog, 1 or more: the JDK cannot ask the kernel for none
 * @param requestTerminateTimeout zero for none
 * @param requestSlowlogTimeout zero for none
 * @param slowlog file of the slow log, empty for none
 * @param maxExecutionTime PHP's max_execution_time of CPU, zero for none
 * @param statusPath pm.status_path, empty for none
 * @param statusListen pm.status_listen
 * @param pingPath ping.path, empty for none
 * @param pingResponse ping.response
 * @param memory what workers weigh
 * @param site base URL for scripts that call their own site, empty for none
 */
public record PoolConfig(
        String name,
        String listen,
        String listenMode,
        Protocol protocol,
        Pm pm,
        int maxChildren,
        int startServers,
        int minSpareServers,
        int maxSpareServers,
        Duration processIdleTimeout,
        int maxRequests,
        int backlog,
        Duration requestTerminateTimeout,
        Duration requestSlowlogTimeout,
        String slowlog,
        Duration maxExecutionTime,
        String statusPath,
        Optional<String> statusListen,
        String pingPath,
        String pingResponse,
        MemoryConfig memory,
        String site) {
    private static final long SHORTEST_HEARTBEAT_MILLIS = 130;

    /** What workers speak. */
    public enum Protocol {
        FASTCGI,
        HTTP
    }

    /** FPM's process managers. */
    public enum Pm {
        STATIC,
        DYNAMIC,
        ONDEMAND
    }

    /**
     * @param base bytes a fresh worker weighs
     * @param limit PHP's memory_limit for one request, 0 for none
     * @param total bytes all workers together may weigh before the kernel kills the largest, 0 for no end
     */
    public record MemoryConfig(long base, long limit, long total) {
        /** 20 MiB a worker, PHP's default limit, no end to the machine's memory. */
        public static final MemoryConfig DEFAULT = new MemoryConfig(20L << 20, 128L << 20, 0);
    }

    /** A static FastCGI pool with FPM's defaults for the rest; for tests and short scenarios. */
    public static PoolConfig ofStatic(String name, String listen, int maxChildren, int backlog) {
        return new PoolConfig(
                name,
                listen,
                "0666",
                Protocol.FASTCGI,
                Pm.STATIC,
                maxChildren,
                1,
                1,
                1,
                Duration.ofSeconds(10),
                0,
                backlog,
                Duration.ZERO,
                Duration.ZERO,
                "",
                Duration.ZERO,
                "/status",
                Optional.empty(),
                "/ping",
                "pong",
                MemoryConfig.DEFAULT,
                "");
    }

    /** The same with a base URL for scripts that call their own site. */
    public PoolConfig withSite(String url) {
        return new PoolConfig(
                name,
                listen,
                listenMode,
                protocol,
                pm,
                maxChildren,
                startServers,
                minSpareServers,
                maxSpareServers,
                processIdleTimeout,
                maxRequests,
                backlog,
                requestTerminateTimeout,
                requestSlowlogTimeout,
                slowlog,
                maxExecutionTime,
                statusPath,
                statusListen,
                pingPath,
                pingResponse,
                memory,
                url);
    }

    /** Whether it listens on a unix-domain socket. */
    public boolean isUnix() {
        return listen.startsWith("/");
    }

    /**
     * How often the master looks for overdue requests: a third of the shortest timeout, so that nothing is seen more than
     * that too late; 0 for never.
     */
    public long heartbeatMillis() {
        long shortest = 0;
        for (Duration each : List.of(requestTerminateTimeout, requestSlowlogTimeout)) {
            if (!each.isZero()) {
                shortest = shortest == 0 ? each.toMillis() : Math.min(shortest, each.toMillis());
            }
        }
        return shortest == 0 ? 0 : Math.max(SHORTEST_HEARTBEAT_MILLIS, shortest / 3);
    }
}
