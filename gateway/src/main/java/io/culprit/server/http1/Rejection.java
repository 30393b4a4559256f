package io.culprit.server.http1;

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

/** The answer to what is no request, which is the last one on its connection. Owned by one IO thread. */
final class Rejection implements ClientExchange.Events {
    private static final Logger LOG = LoggerFactory.getLogger(Rejection.class);

    private final Http1Connection connection;
    private final Http1Exchange exchange;

    Rejection(Http1Connection connection) {
        this.connection = connection;
        connection.endsHere();
        this.exchange = new Http1Exchange(connection);
        exchange.events(this);
    }

    void start(Services services, Failure failure) {
        RejectedRequest rejected = new RejectedRequest(services, exchange, failure);
        OwnReply reply = rejected.reply();
        try {
            exchange.head(reply.head(), reply.body().length, reply.headRequest());
            if (!reply.headRequest()) {
                exchange.body(ByteBuffer.wrap(reply.body()));
            }
            exchange.end();
        } catch (IOException e) {
            LOG.error("a rejection did not fit its buffer: {}", Trouble.line(e));
        }
        rejected.record(true);
        connection.input().dropHead();
        if (exchange.idle()) {
            drained();
        }
    }

    /** Gives back what it held. Idempotent. */
    void release() {
        exchange.release();
    }

    @Override
    public void drained() {
        connection.linger();
    }

    @Override
    public void gone(String how) {
        connection.close();
    }

    @Override
    public void stalled(String why) {
        connection.close();
    }

    @Override
    public void fileBroken(String why) {
        throw new IllegalStateException("no file was given");
    }

    @Override
    public void broken(Throwable trouble) {
        connection.close();
    }

    @Override
    public void stop() {
        // it is on its way out already
    }

    @Override
    public void terminate() {
        connection.close();
    }
}
