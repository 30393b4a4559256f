package io.culprit.server.request;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.http.RequestHead;
import io.culprit.reply.FailureReply;
import io.culprit.reply.OwnReply;
import io.culprit.server.clients.ClientExchange;
import java.util.List;

/** What a client sent that is no request: what it is told, and the outcome of it. Owned by one IO thread. */
public final class RejectedRequest {
    private final Services services;
    private final ClientExchange client;
    private final Failure failure;
    private final Trace trace = Trace.begin(false);
    private final int status;

    /**
     * @param client whose head is as far as it was read
     */
    public RejectedRequest(Services services, ClientExchange client, Failure failure) {
        this.services = services;
        this.client = client;
        this.failure = failure;
        this.status = services.dialects()
                .answer(failure.cause(), services.config().dialect())
                .status();
    }

    /** What to tell the client. */
    public OwnReply reply() {
        return FailureReply.of(new FailureReply.Spec(
                failure,
                status,
                trace.traceId(),
                services.config().expose(),
                services.config().pages(),
                "",
                client.head().method().equals("HEAD"),
                1,
                ""));
    }

    /**
     * Records it.
     *
     * @param answered whether the client was told, in more than the protocol's own signs
     */
    public void record(boolean answered) {
        RequestHead head = client.head();
        services.recorder()
                .record(
                        client.loop().number(),
                        new Outcome(
                                failure.cause() == Cause.CLIENT_CLOSED
                                        ? Outcome.Ending.CLIENT_GONE
                                        : Outcome.Ending.FAILED,
                                new Outcome.Request(
                                        trace.traceId(),
                                        trace,
                                        client.forwarded().client(head),
                                        head.method().isEmpty() ? "-" : head.method(),
                                        head.target().isEmpty() ? "-" : head.target(),
                                        client.protocol(),
                                        client.stream(),
                                        head.host(),
                                        "",
                                        ""),
                                new Outcome.Timing(System.currentTimeMillis(), System.nanoTime(), 0, -1),
                                Outcome.Place.NONE,
                                new Outcome.Reply(status, client.written(), 0, answered),
                                List.of(),
                                failure,
                                ""));
    }
}
