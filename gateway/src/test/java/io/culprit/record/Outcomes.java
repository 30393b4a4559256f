package io.culprit.record;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Outcome.Ending;
import io.culprit.failure.Trace;
import java.util.List;

/** Outcomes for tests. */
public final class Outcomes {
    private static final Trace TRACE = Trace.begin(true);

    private Outcomes() {}

    /** One that went well. */
    public static Outcome well(long epochMillis) {
        return of(Ending.DELIVERED, epochMillis, "/", List.of(attempt(null)), null);
    }

    /** One attempt, which failed. */
    public static Outcome failed(Cause cause, long epochMillis) {
        return failed(cause, epochMillis, "/");
    }

    /** One attempt, which failed, of a request with this target. */
    public static Outcome failed(Cause cause, long epochMillis, String target) {
        Failure failure = Failure.of(cause, "detail of " + cause.id());
        return of(Ending.FAILED, epochMillis, target, List.of(attempt(failure)), failure);
    }

    /** A tunnel that its client closed, over HTTP/2 and to an https upstream. */
    public static Outcome tunnel(long epochMillis) {
        Outcome.Request request = well(epochMillis).request();
        return new Outcome(
                Ending.DELIVERED,
                new Outcome.Request(
                        request.id(),
                        TRACE,
                        request.client(),
                        "CONNECT",
                        "/socket",
                        "HTTP/2.0",
                        5,
                        request.host(),
                        "",
                        ""),
                new Outcome.Timing(epochMillis, 900_000, 4_000_000, -1),
                new Outcome.Place("/", "app"),
                new Outcome.Reply(200, 300, 0, true, Cause.TUNNEL_CLIENT_CLOSED.id()),
                List.of(attempt(30_000_000, null)),
                null,
                "");
    }

    private static Attempt attempt(Failure failure) {
        return attempt(-1, failure);
    }

    private static Attempt attempt(long tlsNanos, Failure failure) {
        return new Attempt(
                "127.0.0.1:9000",
                1_000_000,
                false,
                0,
                0,
                0,
                2_000_000,
                tlsNanos,
                50_000,
                3_000_000,
                failure == null ? 70_000 : -1,
                120,
                failure == null ? 250 : 0,
                failure == null ? 200 : 0,
                "",
                failure);
    }

    private static Outcome of(Ending ending, long epochMillis, String target, List<Attempt> attempts, Failure failure) {
        return new Outcome(
                ending,
                new Outcome.Request(
                        "id-" + epochMillis,
                        TRACE,
                        "192.0.2.1",
                        "GET",
                        target,
                        "HTTP/1.1",
                        0,
                        "shop.test",
                        "",
                        "agent"),
                new Outcome.Timing(epochMillis, 900_000, 4_000_000, -1),
                new Outcome.Place("/", "app"),
                new Outcome.Reply(failure == null ? 200 : 502, 300, 0, true),
                attempts,
                failure,
                "");
    }

    /** The same at another upstream. */
    public static Outcome at(String upstream, Outcome o) {
        return new Outcome(
                o.ending(),
                new Outcome.Request(
                        o.requestId(),
                        o.trace(),
                        o.client(),
                        o.method(),
                        o.target(),
                        o.protocol(),
                        o.stream(),
                        o.host(),
                        o.referer(),
                        o.userAgent()),
                new Outcome.Timing(o.epochMillis(), o.startNanos(), o.durationNanos(), o.queueNanos()),
                new Outcome.Place(o.route(), upstream),
                new Outcome.Reply(o.status(), o.bytesToClient(), o.bytesFromClient(), o.committed()),
                o.attempts(),
                o.failure(),
                o.noRetry());
    }
}
