package io.culprit.server.http2;

import io.culprit.failure.Failure;
import io.culprit.loop.Trouble;
import io.culprit.reply.OwnReply;
import io.culprit.server.clients.ClientExchange;
import io.culprit.server.request.RejectedRequest;
import io.culprit.server.request.Services;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream that is no request: answered with 400 and its like, as RFC 9113 section 8.1.1 allows. Owned by one IO thread. */
final class RejectedStream implements ClientExchange.Events {
    private static final Logger LOG = LoggerFactory.getLogger(RejectedStream.class);

    private final Services services;
    private final Http2Exchange stream;
    private boolean over;

    RejectedStream(Services services, Http2Exchange stream) {
        this.services = services;
        this.stream = stream;
        stream.events(this);
    }

    /** Records what is told by a reset alone. */
    void refuse(Failure failure) {
        new RejectedRequest(services, stream, failure).record(false);
    }

    void answer(Failure failure) {
        RejectedRequest rejected = new RejectedRequest(services, stream, failure);
        OwnReply reply = rejected.reply();
        try {
            stream.refuseBody();
            stream.limits(reply.body().length, 0);
            stream.head(reply.head(), reply.body().length, reply.headRequest());
            if (!reply.headRequest()) {
                stream.body(ByteBuffer.wrap(reply.body()));
            }
            stream.end();
        } catch (IOException e) {
            LOG.error("a rejection did not fit its buffer: {}", Trouble.line(e));
        }
        rejected.record(true);
        if (stream.idle()) {
            drained();
        }
    }

    @Override
    public void drained() {
        if (!over) {
            over = true;
            stream.finished(System.nanoTime());
        }
    }

    @Override
    public void gone(String how) {
        if (!over) {
            over = true;
            stream.tear();
        }
    }

    @Override
    public void stalled(String why) {
        gone(why);
    }

    @Override
    public void fileBroken(String why) {
        throw new IllegalStateException("no file was given");
    }

    @Override
    public void broken(Throwable trouble) {
        gone(trouble.toString());
    }

    @Override
    public void stop() {
        // it is on its way out already
    }

    @Override
    public void terminate() {
        gone("the gateway stops");
    }
}
