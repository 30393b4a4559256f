package io.culprit.failure;

import org.jspecify.annotations.Nullable;

/**
 * What happened in one attempt against one peer.
 *
 * @param peer address of the peer as configured or resolved, e.g. {@code 127.0.0.1:9000} or {@code unix:/run/app.sock}
 * @param startNanos when it began, on the clock of {@link System#nanoTime}
 * @param reused true when a kept connection was used
 * @param connectionAgeNanos time since the connection was opened, 0 for a fresh one
 * @param connectionIdleNanos how long a reused connection had been idle before this attempt, 0 for a fresh one
 * @param connectionRequests requests this connection had served before this attempt
 * @param connectNanos duration of the connect phase, -1 when it did not happen
 * @param tlsNanos duration of the TLS handshake, -1 when it did not happen
 * @param sendNanos duration of sending the request, -1 when it did not happen
 * @param headNanos from the request fully sent to the head complete, or to the failure; -1 when it did not happen
 * @param bodyNanos from the head complete to the end, -1 when it did not happen
 * @param bytesOut bytes written to the upstream
 * @param bytesIn bytes read from the upstream
 * @param status status the upstream answered, 0 when no head arrived
 * @param stderr what a FastCGI application wrote to its error stream, bounded and printable; empty for nothing
 * @param failure how the attempt failed, or {@code null} when it did not
 */
public record Attempt(
        String peer,
        long startNanos,
        boolean reused,
        long connectionAgeNanos,
        long connectionIdleNanos,
        int connectionRequests,
        long connectNanos,
        long tlsNanos,
        long sendNanos,
        long headNanos,
        long bodyNanos,
        long bytesOut,
        long bytesIn,
        int status,
        String stderr,
        @Nullable Failure failure) {

    /** The same with another failure: the one it had, and what was found out about it. */
    public Attempt with(Failure explained) {
        return new Attempt(
                peer,
                startNanos,
                reused,
                connectionAgeNanos,
                connectionIdleNanos,
                connectionRequests,
                connectNanos,
                tlsNanos,
                sendNanos,
                headNanos,
                bodyNanos,
                bytesOut,
                bytesIn,
                status,
                stderr,
                explained);
    }

    /** Sum of the phases that happened, in nanoseconds. */
    public long totalNanos() {
        return Math.max(0, connectNanos)
                + Math.max(0, tlsNanos)
                + Math.max(0, sendNanos)
                + Math.max(0, headNanos)
                + Math.max(0, bodyNanos);
    }

    /**
     * Until the connection could take the request, as nginx's {@code $upstream_connect_time} and HAProxy's {@code Tc} count it: the
     * TLS handshake is in it (rows TU08 and TU09). -1 when it never could.
     */
    public long establishNanos() {
        return sendNanos < 0 ? -1 : Math.max(0, connectNanos) + Math.max(0, tlsNanos);
    }
}
