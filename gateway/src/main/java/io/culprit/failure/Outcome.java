package io.culprit.failure;

import java.util.List;

/**
 * How one request ended. Exactly one is made for every request that reached the gateway, on the IO thread that owned
 * the client's connection; it is immutable and read by the recording threads.
 *
 * @param ending delivered, failed or client gone
 * @param epochMillis wall-clock time at which the request's head was complete
 * @param startNanos the same moment on the clock of {@link System#nanoTime}, to place attempts in time
 * @param durationNanos from the request's head complete to the end
 * @param requestId the id the client was told
 * @param trace its place in a distributed trace
 * @param client address of the client, after trusted proxies were taken off
 * @param method request method; {@code "-"} when the request could not be parsed
 * @param target request target as received; {@code "-"} when it could not be parsed
 * @param protocol protocol version of the request, e.g. {@code HTTP/1.1}
 * @param host Host of the request, possibly empty
 * @param referer Referer header, possibly empty
 * @param userAgent User-Agent header, possibly empty
 * @param route name of the route, empty when none matched
 * @param upstream name of the upstream, empty when none was chosen
 * @param status status sent to the client; for a client that left before one was sent, the status the dialect logs
 * @param bytesToClient bytes of head and body written to the client
 * @param bytesFromClient bytes of the request's body that were received
 * @param committed true when a response head had been sent before the end
 * @param queueNanos time spent waiting for capacity, -1 when the request did not wait
 * @param attempts every attempt in order, possibly empty
 * @param failure why it failed, or for a delivered response the warning it carries; {@code null} when all was well
 * @param noRetry why no further attempt was made; empty where the question did not arise
 */
public record Outcome(
        Ending ending,
        long epochMillis,
        long startNanos,
        long durationNanos,
        String requestId,
        Trace trace,
        String client,
        String method,
        String target,
        String protocol,
        String host,
        String referer,
        String userAgent,
        String route,
        String upstream,
        int status,
        long bytesToClient,
        long bytesFromClient,
        boolean committed,
        long queueNanos,
        List<Attempt> attempts,
        Failure failure,
        String noRetry) {

    /** Wall-clock time of the end, in milliseconds. */
    public long endMillis() {
        return epochMillis + durationNanos / 1_000_000;
    }

    /** How long after the request's head an attempt began, in nanoseconds. */
    public long offsetNanos(Attempt attempt) {
        return Math.max(0, attempt.startNanos() - startNanos);
    }

    /** The same with another target and Referer: secrets are masked where outcomes are kept. */
    public Outcome with(String newTarget, String newReferer) {
        return new Outcome(
                ending,
                epochMillis,
                startNanos,
                durationNanos,
                requestId,
                trace,
                client,
                method,
                newTarget,
                protocol,
                host,
                newReferer,
                userAgent,
                route,
                upstream,
                status,
                bytesToClient,
                bytesFromClient,
                committed,
                queueNanos,
                attempts,
                failure,
                noRetry);
    }

    /** The three ways a request ends; their counts add up to the number of requests. */
    public enum Ending {
        DELIVERED,
        FAILED,
        CLIENT_GONE
    }
}
