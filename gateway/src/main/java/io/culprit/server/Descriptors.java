package io.culprit.server;

import io.culprit.config.GatewayConfig;
import io.culprit.config.UpstreamConfig;

/**
 * How the descriptors this process may open are shared out, so that no use of them takes those of another: clients get half
 * at most, upstreams as many as they may want of the rest, temporary files what remains, and a few are kept for the admin
 * listener, logs, journal and a look around after a failure.
 *
 * @param clients connections of clients
 * @param tempFiles temporary files at a time
 */
record Descriptors(int clients, int tempFiles) {
    /** For everything that is neither client, upstream nor temporary file. */
    static final int RESERVE = 48;

    private static final int LEAST = 8;

    /**
     * @param free descriptors that may still be opened
     */
    static Descriptors of(GatewayConfig config, int free) {
        int shared = Math.max(3 * LEAST, free - RESERVE);
        int wanted = config.limits().connections();
        int clients = wanted > 0 ? wanted : shared / 2;
        int rest = Math.max(2 * LEAST, shared - clients);
        return new Descriptors(clients, Math.max(LEAST, rest - Math.min(rest / 2, upstreams(config))));
    }

    /** Connections that upstreams may have; as many as can be where one of them is not bounded. */
    private static int upstreams(GatewayConfig config) {
        long all = 0;
        for (UpstreamConfig each : config.upstreams().values()) {
            all += each.maxConnections() == 0 ? Integer.MAX_VALUE : each.maxConnections();
        }
        return (int) Math.min(Integer.MAX_VALUE, all);
    }
}
