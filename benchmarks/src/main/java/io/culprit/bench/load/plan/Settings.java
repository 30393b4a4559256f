package io.culprit.bench.load.plan;

import java.time.Duration;

/**
 * What a sweep varies: the gateway's settings for its upstream.
 *
 * @param read {@code timeouts.read}
 * @param maxConnections {@code max_connections}, 0 for no limit
 * @param queueSize {@code queue.size}, 0: nobody waits
 * @param queueTimeout {@code queue.timeout}; without effect where nobody waits
 * @param tries {@code next_upstream.tries}, attempts in all, each on a server of its own
 */
public record Settings(Duration read, int maxConnections, int queueSize, Duration queueTimeout, int tries) {
    /** Of a gateway that nobody here has set. */
    public static final Settings ANY = new Settings(Duration.ofSeconds(60), 0, 0, Duration.ZERO, 1);

    /** One line, for tables. */
    public String label() {
        return "read %s, %s".formatted(exact(read), pool());
    }

    /** The same without the read timeout. */
    public String pool() {
        return "max_connections %s, %s%s"
                .formatted(
                        maxConnections == 0 ? "unlimited" : Integer.toString(maxConnections),
                        queueSize == 0 ? "no queue" : "queue %d for %s".formatted(queueSize, exact(queueTimeout)),
                        tries > 1 ? ", " + tries + " tries" : "");
    }

    /** For file names. */
    public String key() {
        return "read-%s_conn-%d_queue-%d_qt-%s_tries-%d"
                .formatted(exact(read), maxConnections, queueSize, exact(queueTimeout), tries);
    }

    /** A duration as configuration files take it: whole seconds, or else whole milliseconds. */
    public static String exact(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
