package io.culprit.admin;

import io.culprit.server.Gateway;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What the admin listener answers. Everything here only reads; beyond loopback even that needs the token. Pages come
 * from the jar and load nothing from elsewhere.
 */
final class AdminRoutes implements HttpHandler {
    private static final Map<String, String> PAGES = Map.of(
            "/", "index.html",
            "/dashboard.css", "dashboard.css",
            "/dashboard.js", "dashboard.js");
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final StateJson state;
    private final TokenGuard guard;

    AdminRoutes(Gateway gateway, TokenGuard guard) {
        this.state = new StateJson(gateway);
        this.guard = guard;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws IOException {
        exchange.getResponseHeaders()
                .put(Headers.CACHE_CONTROL, "no-store")
                .put(new io.undertow.util.HttpString("Content-Security-Policy"), POLICY)
                .put(new io.undertow.util.HttpString("X-Content-Type-Options"), "nosniff")
                .put(new io.undertow.util.HttpString("Referrer-Policy"), "no-referrer");
        String path = exchange.getRequestPath();
        boolean reads = exchange.getRequestMethod().toString().equals("GET")
                || exchange.getRequestMethod().toString().equals("HEAD");
        if (!reads) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
            send(exchange, 405, "text/plain; charset=utf-8", "only GET and HEAD\n".getBytes());
        } else if (path.equals("/health")) {
            send(exchange, 200, "text/plain; charset=utf-8", "ok\n".getBytes());
        } else if (!guard.admits(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION))) {
            exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Basic realm=\"culprit\"");
            send(exchange, 401, "text/plain; charset=utf-8", "admin.token is needed\n".getBytes());
        } else if (path.equals("/api/state")) {
            send(exchange, 200, "application/json", state.state());
        } else if (path.equals("/api/failures")) {
            send(exchange, 200, "application/json", state.failures());
        } else if (PAGES.containsKey(path)) {
            page(exchange, PAGES.get(path));
        } else {
            send(
                    exchange,
                    404,
                    "text/plain; charset=utf-8",
                    "no such page; /, /health, /api/state, /api/failures\n".getBytes());
        }
    }

    private static void page(HttpServerExchange exchange, String file) throws IOException {
        String type = file.endsWith(".css") ? "text/css" : file.endsWith(".js") ? "text/javascript" : "text/html";
        try (InputStream in = AdminRoutes.class.getResourceAsStream(file)) {
            send(exchange, 200, type + "; charset=utf-8", in.readAllBytes());
        }
    }

    private static void send(HttpServerExchange exchange, int status, String type, byte[] body) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        exchange.getResponseSender().send(ByteBuffer.wrap(body));
    }
}
