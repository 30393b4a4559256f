package io.culprit.admin;

import io.culprit.admin.view.NowView;
import io.undertow.Handlers;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells open dashboards the state every second, as server-sent events (HTML Living Standard, section 9.2). The state is
 * put together once for all of them, and not at all while nobody looks.
 */
final class LiveStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

    /** Each open dashboard holds a connection; more than these are told to poll. */
    private static final int MOST = 64;

    private final NowView now;
    private final ServerSentEventHandler handler;
    private final Set<ServerSentEventConnection> connections = ConcurrentHashMap.newKeySet();
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
        connections.add(connection);
        connection.addCloseTask(connections::remove);
        connection.send(state(), "now", null, null);
    }

    private String state() {
        return new String(now.json(15), StandardCharsets.UTF_8);
    }

    private void tell() {
        try {
            if (!connections.isEmpty()) {
                String state = state();
                connections.forEach(connection -> connection.send(state, "now", null, null));
            }
        } catch (RuntimeException e) {
            LOG.error("telling the dashboards failed", e);
        }
    }

    /** Whether one more may listen. */
    boolean hasRoom() {
        return connections.size() < MOST;
    }

    void handle(HttpServerExchange exchange) throws Exception {
        handler.handleRequest(exchange);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        connections.forEach(ServerSentEventConnection::shutdown);
    }
}
