package io.culprit.server.request;

import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.loop.IoLoop;
import java.net.InetSocketAddress;
import java.util.List;

/** A connection that ended before it carried a request, for a reason that has a name. Stateless. */
public final class RejectedConnection {
    private RejectedConnection() {}

    /**
     * Records it as what it was to have carried; call on the loop's thread.
     *
     * @param protocol that failed, such as {@code TLS}
     */
    public static void record(
            Services services, IoLoop loop, InetSocketAddress client, String protocol, Failure failure) {
        Trace trace = Trace.begin(false);
        int status = services.dialects()
                .answer(failure.cause(), services.config().dialect())
                .status();
        services.recorder()
                .record(
                        loop.number(),
                        new Outcome(
                                Outcome.Ending.FAILED,
                                new Outcome.Request(
                                        trace.traceId(),
                                        trace,
                                        client.getAddress().getHostAddress(),
                                        "-",
                                        "-",
                                        protocol,
                                        0,
                                        "",
                                        "",
                                        ""),
                                new Outcome.Timing(System.currentTimeMillis(), System.nanoTime(), 0, -1),
                                Outcome.Place.NONE,
                                new Outcome.Reply(status, 0, 0, false),
                                List.of(),
                                failure,
                                ""));
    }
}
