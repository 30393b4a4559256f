package io.culprit.server.opening;

import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.http1.Http1Connection;
import io.culprit.server.http2.Http2Connection;
import io.culprit.server.request.Services;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Tells HTTP/2 from HTTP/1.1 on a plain connection, by the preface (RFC 9113 section 3.3). Owned by one IO thread.
 */
public final class PriorKnowledge extends Opening {
    private static final byte[] PREFACE = Http2Connection.preface();

    /** {@link #start} is to be called next, on its IO thread. */
    public PriorKnowledge(Services services, ClientTransport transport) {
        super(services, transport);
    }

    @Override
    void look(ByteBuffer soFar) {
        int n = Math.min(soFar.position(), PREFACE.length);
        for (int i = 0; i < n; i++) {
            if (soFar.get(i) != PREFACE[i]) {
                go(false);
                return;
            }
        }
        if (n == PREFACE.length) {
            go(true);
        }
    }

    private void go(boolean http2) {
        ClientTransport read = transport().with(rest(0));
        ClientConnection next =
                http2 ? new Http2Connection(services(), read) : new Http1Connection(services(), read, Optional.empty());
        goOn(next);
    }

    @Override
    void ended(int bytes) {
        go(false); // a part of the preface alone: HTTP/1.1 knows what to say of it
    }

    @Override
    void late(int bytes) {
        Http1Connection next = new Http1Connection(services(), transport().with(rest(0)), Optional.empty());
        goOn(next);
        next.late();
    }
}
