package io.culprit.server;

import io.culprit.reply.Ascii;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.ChannelListener;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Asks Undertow for an answer on a client's connection whose requests it does not read: beneath its parser, this is a
 * head that says no more than that there is a request. What the request is, the handler knows. Owned by the
 * connection's IO thread.
 */
final class UndertowBridge extends AbstractStreamSourceConduit<StreamSourceConduit> {
    /** HTTP/1.0, for which no Host is demanded. */
    private static final byte[] HEAD = Ascii.bytes("GET / HTTP/1.0\r\n\r\n");

    private final StreamConnection client;
    private final ChannelListener<StreamConnection> undertow;
    private ChannelListener<? super ConduitStreamSourceChannel> reader;
    private HttpHandler handler;
    private boolean due;

    /**
     * @param undertow takes connections over; {@link #handle} must be its root handler
     */
    UndertowBridge(StreamConnection client, ChannelListener<StreamConnection> undertow) {
        super(client.getSourceChannel().getConduit());
        this.client = client;
        this.undertow = undertow;
        client.getSourceChannel().setConduit(this);
    }

    /** Undertow's root handler: the exchange goes to whoever asked for it. */
    static void handle(HttpServerExchange exchange) throws Exception {
        var connection = (HttpServerConnection) exchange.getConnection();
        ((UndertowBridge) connection.getOriginalSourceConduit()).handler.handleRequest(exchange);
    }

    /** Gives {@code answering} an exchange, before this returns. */
    void ask(HttpHandler answering) {
        handler = answering;
        due = true;
        ConduitStreamSourceChannel source = client.getSourceChannel();
        if (reader == null) {
            undertow.handleEvent(client);
            reader = source.getReadListener();
        } else {
            source.setReadListener(reader);
            reader.handleEvent(source);
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (due) {
            due = false;
            target.put(HEAD);
            return HEAD.length;
        }
        return super.read(target); // Undertow drains a connection that it closes
    }
}
