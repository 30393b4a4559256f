package io.culprit.bench.load;

import io.culprit.failure.Text;
import java.time.Duration;

/**
 * What a load test tries out: one cell of a sweep.
 *
 * @param read how long the gateway waits for a response's head
 * @param maxConnections connections to the upstream, 0 for no limit
 * @param queueSize requests that may wait for one
 * @param queueTimeout how long one may wait
 * @param tries attempts for each request
 */
record Settings(Duration read, int maxConnections, int queueSize, Duration queueTimeout, int tries) {
    /** One line, for tables. */
    String label() {
        return "read %s, %s".formatted(shown(read), pool());
    }

    /** The same without the read timeout. */
    String pool() {
        return "max_connections %s, %s%s"
                .formatted(
                        maxConnections == 0 ? "unlimited" : Integer.toString(maxConnections),
                        queueSize == 0 ? "no queue" : "queue %d for %s".formatted(queueSize, shown(queueTimeout)),
                        tries > 1 ? ", " + tries + " tries" : "");
    }

    /** For file names. */
    String key() {
        return "read-%d_conn-%d_queue-%d_qt-%d_tries-%d"
                .formatted(read.toMillis(), maxConnections, queueSize, queueTimeout.toMillis(), tries);
    }

    static String shown(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : Text.duration(duration.toNanos());
    }
}
