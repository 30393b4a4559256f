package io.culprit.server;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.protocol.http.HttpOpenListener;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/** Undertow, for the requests that files answer: it never accepts a client, but is asked on connections that have one. */
final class FileServer implements AutoCloseable {
    private final ByteBufferPool pool = new DefaultByteBufferPool(true, 16 * 1024, -1, 4);
    private final HttpOpenListener http;

    FileServer() {
        http = new HttpOpenListener(
                pool,
                OptionMap.builder().set(UndertowOptions.ALWAYS_SET_DATE, false).getMap());
        http.setRootHandler(UndertowBridge::handle);
    }

    /** Undertow beneath a client's connection; call on its IO thread. */
    UndertowBridge under(StreamConnection client) {
        return new UndertowBridge(client, http);
    }

    @Override
    public void close() {
        pool.close();
    }
}
