package io.culprit.admin;

import io.culprit.admin.Query.BadQueryException;
import io.culprit.admin.view.ConfigurationView;
import io.culprit.admin.view.EventView;
import io.culprit.admin.view.FailureView;
import io.culprit.admin.view.FleetStateView;
import io.culprit.admin.view.FleetView;
import io.culprit.admin.view.HistoryView;
import io.culprit.admin.view.NowView;
import io.culprit.admin.view.RouteView;
import io.culprit.admin.view.UpstreamView;
import io.culprit.record.Monitor;
import io.culprit.record.journal.Journal;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.metrics.Metrics;
import io.culprit.server.Gateway;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the admin listener answers, after the {@link Gatekeeper} let the request in. Runs on worker threads. */
final class AdminRoutes implements HttpHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String OPENAPI = "openapi.yaml";

    private final Gateway gateway;
    private final Operations operations;
    private final Monitor monitor;
    private final NowView now;
    private final HistoryView history;
    private final FailureView failures;
    private final UpstreamView upstreams;
    private final RouteView routes;
    private final ConfigurationView configuration;
    private final EventView events;
    private final LiveStream live;

    /** @param operations what the process can be told */
    AdminRoutes(Gateway gateway, Operations operations) {
        this.gateway = gateway;
        this.operations = operations;
        monitor = gateway.monitor();
        now = new NowView(gateway);
        history = new HistoryView(monitor);
        failures = new FailureView(monitor, gateway::config);
        upstreams = new UpstreamView(gateway);
        routes = new RouteView(gateway::config, gateway.recorder().counters());
        configuration = new ConfigurationView(gateway::config, monitor, gateway::certificates);
        events = new EventView(monitor);
        live = new LiveStream(now);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        String path = exchange.getRequestPath();
        Optional<Endpoint> endpoint = Endpoint.at(path);
        String method = endpoint.map(Endpoint::method).orElse("GET");
        String asked = exchange.getRequestMethod().toString();
        if (!asked.equals(method) && !(asked.equals("HEAD") && method.equals("GET"))) {
            exchange.getResponseHeaders().put(Headers.ALLOW, method.equals("GET") ? "GET, HEAD" : method);
            send(exchange, 405, TEXT, "only " + method + "\n");
        } else if (endpoint.isPresent()) {
            answer(exchange, endpoint.get(), path);
        } else {
            Optional<Pages.Page> page = Pages.at(path);
            if (page.isPresent()) {
                send(exchange, 200, page.get().type(), page.get().content());
            } else {
                send(exchange, 404, TEXT, "no such page; there are / and " + paths() + "\n");
            }
        }
    }

    private static String paths() {
        return Arrays.stream(Endpoint.values()).map(Endpoint::path).collect(Collectors.joining(" "));
    }

    private void answer(HttpServerExchange exchange, Endpoint endpoint, String path) throws Exception {
        try {
            switch (endpoint) {
                case HEALTH -> send(exchange, 200, TEXT, "ok\n");
                case READY -> {
                    boolean leaving = gateway.leaving();
                    send(exchange, leaving ? 503 : 200, TEXT, leaving ? "draining\n" : "ready\n");
                }
                case RELOAD -> {
                    ReloadReport report = operations.reload();
                    send(exchange, report.done() ? 200 : 422, JSON, report.json());
                }
                case HAND_OVER -> handOver(exchange);
                case METRICS -> metrics(exchange);
                case LIVE -> live(exchange);
                case FAILURE -> failure(exchange, endpoint.variable(path));
                case FLEET_VIEW -> fleetView(exchange, endpoint.variable(path));
                case OPENAPI -> {
                    Pages.Page page = Pages.read(OPENAPI);
                    send(exchange, 200, page.type(), page.content());
                }
                case REOPEN_LOGS -> {
                    monitor.recorder().reopenLogs();
                    send(exchange, 202, TEXT, "the logs are opened anew\n");
                }
                case NOW, HISTORY, FAILURES, UPSTREAMS, ROUTES, CONFIGURATION, EVENTS, FLEET ->
                    send(exchange, 200, JSON, view(endpoint, new Query(exchange)));
            }
        } catch (BadQueryException e) {
            send(exchange, 400, TEXT, e.getMessage() + "\n");
        } catch (UnavailableException e) {
            send(exchange, 503, TEXT, e.getMessage() + "\n");
        } catch (RuntimeException e) {
            LOG.error("answering {} failed", path, e);
            send(exchange, 500, TEXT, "this is a bug; the gateway's log has more\n");
        }
    }

    private byte[] view(Endpoint endpoint, Query query) throws BadQueryException, UnavailableException {
        return switch (endpoint) {
            case NOW -> now.json(query.number("minutes", 15, 1, Query.MOST_MINUTES));
            case HISTORY -> {
                long minutes = query.number("minutes", 15, 1, Query.MOST_MINUTES);
                yield query.text("instance").equals(Query.ALL)
                        ? HistoryView.json(journal().queries(), minutes, "")
                        : history.json(minutes, query.instance());
            }
            case FAILURES ->
                failures.list(query.examples(System.currentTimeMillis(), Long.MAX_VALUE), (int)
                        query.number("limit", 50, 1, 500));
            case FLEET -> FleetView.json(journal().queries(), query.number("minutes", 15, 1, Query.MOST_MINUTES));
            case UPSTREAMS -> upstreams.json();
            case ROUTES -> routes.json();
            case CONFIGURATION -> configuration.json();
            case EVENTS -> events.json(query.number("minutes", 24 * 60, 1, Query.MOST_MINUTES), query.instance());
            case HEALTH, READY, METRICS, LIVE, FAILURE, FLEET_VIEW, OPENAPI, RELOAD, REOPEN_LOGS, HAND_OVER ->
                throw new IllegalArgumentException(endpoint.path());
        };
    }

    private Journal journal() throws UnavailableException {
        return monitor.journal()
                .orElseThrow(() -> new UnavailableException("this gateway keeps none (journal.url: off)"));
    }

    private void fleetView(HttpServerExchange exchange, String view) throws UnavailableException {
        if (!FleetStateView.NAMES.contains(view)) {
            send(exchange, 404, TEXT, "no such view; there are now, upstreams, routes and configuration\n");
        } else if (!journal().isShared()) {
            throw new UnavailableException("this gateway's journal is its own; what gateways share is in PostgreSQL");
        } else {
            String instance = new Query(exchange).instance();
            send(exchange, 200, JSON, FleetStateView.json(journal().queries(), view, instance));
        }
    }

    /** The answer goes first: this process may be gone in a moment. */
    private void handOver(HttpServerExchange exchange) {
        if (!operations.ends()) {
            send(exchange, 409, TEXT, "this gateway is part of another process\n");
            return;
        }
        exchange.addExchangeCompleteListener((ended, next) -> {
            next.proceed();
            operations.handOver();
        });
        send(exchange, 202, TEXT, ProcessHandle.current().pid() + "\n");
    }

    private void metrics(HttpServerExchange exchange) {
        String accept = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
        Metrics.Page page = monitor.metrics().page(accept == null ? "" : accept);
        send(exchange, 200, page.contentType(), page.content());
    }

    private void live(HttpServerExchange exchange) throws Exception {
        if (!live.handle(exchange)) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "10");
            send(exchange, 503, TEXT, "too many dashboards are open; GET /api/now works\n");
        }
    }

    private void failure(HttpServerExchange exchange, String requestId) throws UnavailableException {
        Optional<byte[]> found = failures.one(requestId);
        if (found.isPresent()) {
            send(exchange, 200, JSON, found.get());
        } else {
            send(exchange, 404, TEXT, "no failure with this request id is remembered\n");
        }
    }

    private static void send(HttpServerExchange exchange, int status, String type, String text) {
        send(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    static void send(HttpServerExchange exchange, int status, String type, byte[] body) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(new HttpString("Content-Type"), type);
        exchange.getResponseSender().send(ByteBuffer.wrap(body));
    }

    @Override
    public void close() {
        live.close();
    }
}
