package io.culprit.admin;

import io.culprit.admin.view.NowView;
import io.undertow.Handlers;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/**
 * Tells open dashboards the state every second, as server-sent events (HTML Living Standard, section 9.2). The state is
 * put together once for all of them, and not at all while nobody looks. One that has not taken the last state gets no
 * further one, and is closed when it takes none for long: states must not pile up for a reader who does not read.
 */
final class LiveStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

    /** Each open dashboard holds a connection; more than these are told to poll. */
    private static final int MOST = 64;

    private static final long READY = 0;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final NowView now;
    private final Semaphore places = new Semaphore(MOST);
    private final ServerSentEventConnection.EventCallback taken = new ServerSentEventConnection.EventCallback() {
        @Override
        public void done(ServerSentEventConnection connection, String data, String event, String id) {
            connections.replace(connection, READY);
        }

        @Override
        public void failed(ServerSentEventConnection connection, String data, String event, String id, IOException e) {
            connections.remove(connection);
        }
    };
    private final ServerSentEventHandler handler;
    /** When a state was sent that is not taken yet, by {@link System#nanoTime}; {@link #READY} where none is. */
    private final Map<ServerSentEventConnection, Long> connections = new ConcurrentHashMap<>();

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "admin-live");
        made.setDaemon(true);
        return made;
    });

    LiveStream(NowView now) {
        this.now = now;
        this.handler = Handlers.serverSentEvents((connection, lastEventId) -> opened(connection));
        thread.scheduleAtFixedRate(this::tell, 1, 1, TimeUnit.SECONDS);
    }

    private void opened(ServerSentEventConnection connection) {
        connections.put(connection, READY);
        connection.addCloseTask(connections::remove);
        send(connection, state());
    }

    private void send(ServerSentEventConnection connection, String state) {
        long sent = connections.getOrDefault(connection, READY);
        if (sent == READY) {
            connections.replace(connection, System.nanoTime() | 1);
            connection.send(state, "now", null, taken);
        } else if (System.nanoTime() - sent > STUCK_NANOS) {
            connections.remove(connection);
            IoUtils.safeClose(connection);
        }
    }

    private String state() {
        return new String(now.json(15), StandardCharsets.UTF_8);
    }

    private void tell() {
        try {
            if (!connections.isEmpty()) {
                String state = state();
                connections.keySet().forEach(connection -> send(connection, state));
            }
        } catch (RuntimeException e) {
            LOG.error("telling the dashboards failed", e);
        }
    }

    /**
     * Takes the exchange unless all places are taken. A place is taken before the stream is opened, so that a burst cannot pass
     * between look and opening, and given back when the connection closes, which no stream outlives.
     *
     * @return false when nothing was done with it
     */
    boolean handle(HttpServerExchange exchange) throws Exception {
        if (!places.tryAcquire()) {
            return false;
        }
        exchange.getConnection().addCloseListener(closed -> places.release());
        handler.handleRequest(exchange);
        return true;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        connections.keySet().forEach(ServerSentEventConnection::shutdown);
    }
}
