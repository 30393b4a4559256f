package io.culprit.server;

import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.http.RequestHead;
import io.culprit.reply.ClientSink;
import io.culprit.reply.FailureReply;
import java.util.List;

/** The answer to what is no request, which is the last one on its connection. Owned by one IO thread. */
final class Rejection implements ClientSink.Owner {
    private final Services services;
    private final ClientConnection client;
    private final Trace trace = Trace.begin(false);
    private ClientSink sink;

    Rejection(Services services, ClientConnection client) {
        this.services = services;
        this.client = client;
    }

    void start(Failure failure) {
        RequestHead head = client.input().head();
        int status = services.dialects()
                .answer(failure.cause(), services.config().dialect())
                .status();
        byte[] reply = FailureReply.encode(new FailureReply.Spec(
                failure,
                status,
                trace.traceId(),
                services.config().expose(),
                "",
                head.method().equals("HEAD"),
                true,
                false,
                1,
                ""));
        sink = client.sink(reply.length, this);
        services.recorder().record(client.loop().number(), outcome(head, failure, status, reply.length));
        client.input().dropHead();
        sink.send(reply);
        if (sink.idle()) {
            drained();
        }
    }

    private Outcome outcome(RequestHead head, Failure failure, int status, int size) {
        return new Outcome(
                Outcome.Ending.FAILED,
                new Outcome.Request(
                        trace.traceId(),
                        trace,
                        client.forwarded().client(head),
                        head.method().isEmpty() ? "-" : head.method(),
                        head.target().isEmpty() ? "-" : head.target(),
                        "HTTP/1." + head.minor(),
                        head.host(),
                        "",
                        ""),
                new Outcome.Timing(System.currentTimeMillis(), System.nanoTime(), 0, -1),
                Outcome.Place.NONE,
                new Outcome.Reply(status, size, 0, true),
                List.of(),
                failure,
                "");
    }

    /** Gives back what it held. Idempotent. */
    void release() {
        if (sink != null) {
            sink.release();
        }
    }

    @Override
    public void drained() {
        client.linger();
    }

    @Override
    public void clientBroken() {
        client.close();
    }

    @Override
    public void clientStalled() {
        client.close();
    }
}
