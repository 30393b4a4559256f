package io.culprit.failure;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one request ended. Exactly one is made for every request that reached the gateway, on the IO thread that owned
 * the client's connection; it is immutable and read by the recording threads.
 *
 * @param ending delivered, failed or client gone
 * @param request what was asked, by whom
 * @param timing when, and for how long
 * @param place which route and upstream it took
 * @param reply what the client got
 * @param attempts every attempt in order, possibly empty
 * @param failure why it failed, or for a delivered response the warning it carries; {@code null} when all was well
 * @param noRetry why no further attempt was made; empty where the question did not arise
 */
public record Outcome(
        Ending ending,
        Request request,
        Timing timing,
        Place place,
        Reply reply,
        List<Attempt> attempts,
        @Nullable Failure failure,
        String noRetry) {

    /**
     * @param id the id the client was told
     * @param trace its place in a distributed trace
     * @param client address of the client, after trusted proxies were taken off
     * @param method request method; {@code "-"} when the request could not be parsed
     * @param target request target as received; {@code "-"} when it could not be parsed
     * @param protocol protocol version of the request, e.g. {@code HTTP/1.1}
     * @param stream number of its stream, 0 where the protocol has none
     * @param host Host of the request, possibly empty
     * @param referer Referer header, possibly empty
     * @param userAgent User-Agent header, possibly empty
     */
    public record Request(
            String id,
            Trace trace,
            String client,
            String method,
            String target,
            String protocol,
            int stream,
            String host,
            String referer,
            String userAgent) {}

    /**
     * @param epochMillis wall-clock time at which the request's head was complete
     * @param startNanos the same moment on the clock of {@link System#nanoTime}, to place attempts in time
     * @param durationNanos from the request's head complete to the end
     * @param queueNanos time spent waiting for capacity, -1 when the request did not wait
     */
    public record Timing(long epochMillis, long startNanos, long durationNanos, long queueNanos) {}

    /**
     * @param route name of the route, empty when none matched
     * @param upstream name of the upstream, empty when none was chosen
     */
    public record Place(String route, String upstream) {
        /** Of a request that no route took. */
        public static final Place NONE = new Place("", "");
    }

    /**
     * @param status status sent to the client; for a client that left before one was sent, the status the dialect logs
     * @param bytes bytes of head and body written to the client
     * @param bytesReceived bytes of the request's body that were received
     * @param committed true when a response head had been sent before the end
     * @param tunnelEnd id of the cause that a tunnel ended with, be it no failure; empty for what was no tunnel
     */
    public record Reply(int status, long bytes, long bytesReceived, boolean committed, String tunnelEnd) {
        /** Of what was no tunnel. */
        public Reply(int status, long bytes, long bytesReceived, boolean committed) {
            this(status, bytes, bytesReceived, committed, "");
        }
    }

    /** @see Request */
    public String requestId() {
        return request.id();
    }

    /** @see Request */
    public Trace trace() {
        return request.trace();
    }

    /** @see Request */
    public String client() {
        return request.client();
    }

    /** @see Request */
    public String method() {
        return request.method();
    }

    /** @see Request */
    public String target() {
        return request.target();
    }

    /** @see Request */
    public String protocol() {
        return request.protocol();
    }

    /** @see Request */
    public int stream() {
        return request.stream();
    }

    /** @see Request */
    public String host() {
        return request.host();
    }

    /** @see Request */
    public String referer() {
        return request.referer();
    }

    /** @see Request */
    public String userAgent() {
        return request.userAgent();
    }

    /** @see Timing */
    public long epochMillis() {
        return timing.epochMillis();
    }

    /** @see Timing */
    public long startNanos() {
        return timing.startNanos();
    }

    /** @see Timing */
    public long durationNanos() {
        return timing.durationNanos();
    }

    /** @see Timing */
    public long queueNanos() {
        return timing.queueNanos();
    }

    /** @see Place */
    public String route() {
        return place.route();
    }

    /** @see Place */
    public String upstream() {
        return place.upstream();
    }

    /** @see Reply */
    public int status() {
        return reply.status();
    }

    /** @see Reply */
    public long bytesToClient() {
        return reply.bytes();
    }

    /** @see Reply */
    public long bytesFromClient() {
        return reply.bytesReceived();
    }

    /** @see Reply */
    public boolean committed() {
        return reply.committed();
    }

    /** @see Reply */
    public String tunnelEnd() {
        return reply.tunnelEnd();
    }

    /** Wall-clock time of the end, in milliseconds. */
    public long endMillis() {
        return epochMillis() + durationNanos() / 1_000_000;
    }

    /** How long after the request's head an attempt began, in nanoseconds. */
    public long offsetNanos(Attempt attempt) {
        return Math.max(0, attempt.startNanos() - startNanos());
    }

    /** The same with another target and Referer: secrets are masked where outcomes are kept. */
    public Outcome with(String newTarget, String newReferer) {
        Request masked = new Request(
                request.id(),
                request.trace(),
                request.client(),
                request.method(),
                newTarget,
                request.protocol(),
                request.stream(),
                request.host(),
                newReferer,
                request.userAgent());
        return new Outcome(ending, masked, timing, place, reply, attempts, failure, noRetry);
    }

    /** The three ways a request ends; their counts add up to the number of requests. */
    public enum Ending {
        DELIVERED,
        FAILED,
        CLIENT_GONE
    }
}
