package io.culprit.server;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.SameThreadExecutor;

/** Undertow's root handler on a client listener: every exchange becomes a {@link Walk} on its IO thread. */
final class ProxyHandler implements HttpHandler {
    private final Services services;

    ProxyHandler(Services services) {
        this.services = services;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        var connection = (HttpServerConnection) exchange.getConnection();
        var guard = (RequestGuard) connection.getOriginalSourceConduit();
        // The server suspended reads after the head. Resumed before the selector is entered again, that costs no system
        // call, and the client's leaving is noticed.
        guard.resumeReads();
        exchange.dispatch(SameThreadExecutor.INSTANCE, new Walk(services, guard.connection(), exchange));
    }
}
