package io.culprit.admin;

import io.culprit.admin.Query.BadQueryException;
import io.culprit.admin.view.EventView;
import io.culprit.admin.view.FailureView;
import io.culprit.admin.view.FleetStateView;
import io.culprit.admin.view.FleetView;
import io.culprit.admin.view.HistoryView;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a dashboard without a gateway answers: the views of a journal that others write. Runs on worker threads. */
final class JournalRoutes implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRoutes.class);
    private static final String TEXT = "text/plain; charset=utf-8";

    private final JournalQueries journal;
    private final FailureView failures;

    JournalRoutes(JournalQueries journal) {
        this.journal = journal;
        this.failures = new FailureView(journal);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        String path = exchange.getRequestPath();
        String method = exchange.getRequestMethod().toString();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
            text(exchange, 405, "only GET");
            return;
        }
        try {
            Optional<byte[]> json = json(exchange, path);
            Optional<Pages.Page> page = Pages.at(path.equals("/") ? "/fleet" : path);
            if (json.isPresent()) {
                AdminRoutes.send(exchange, 200, "application/json", json.get());
            } else if (path.equals("/health") || path.equals("/ready")) {
                text(exchange, 200, "ok");
            } else if (page.isPresent()) {
                AdminRoutes.send(exchange, 200, page.get().type(), page.get().content());
            } else {
                text(
                        exchange,
                        404,
                        "no such page; there are / /gateways /health /ready /api/fleet /api/fleet/{now|upstreams|routes|configuration} /api/history /api/failures"
                                + " /api/failures/{request_id} /api/events");
            }
        } catch (BadQueryException e) {
            text(exchange, 400, String.valueOf(e.getMessage()));
        } catch (UnavailableException e) {
            text(exchange, 503, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("answering {} failed", path, e);
            text(exchange, 500, "this is a bug; the log has more");
        }
    }

    private Optional<byte[]> json(HttpServerExchange exchange, String path)
            throws BadQueryException, UnavailableException {
        Query query = new Query(exchange);
        Optional<Endpoint> endpoint = Endpoint.at(path);
        if (endpoint.isEmpty()) {
            return Optional.empty();
        }
        return switch (endpoint.get()) {
            case FLEET -> Optional.of(FleetView.json(journal, query.number("minutes", 15, 1, Query.MOST_MINUTES)));
            case FLEET_VIEW -> {
                String view = endpoint.get().variable(path);
                yield FleetStateView.NAMES.contains(view)
                        ? Optional.of(FleetStateView.json(journal, view, query.instance()))
                        : Optional.empty();
            }
            case HISTORY ->
                Optional.of(HistoryView.json(
                        journal, query.number("minutes", 60, 1, Query.MOST_MINUTES), query.instance()));
            case FAILURES ->
                Optional.of(failures.list(
                        query.examples(journal.nowMillis(), journal.moment().orElse(Long.MAX_VALUE)),
                        (int) query.number("limit", 50, 1, 500)));
            case FAILURE -> failures.one(endpoint.get().variable(path));
            case EVENTS ->
                Optional.of(EventView.json(
                        journal, query.number("minutes", 24 * 60, 1, Query.MOST_MINUTES), query.instance()));
            default -> Optional.empty(); // a gateway's own
        };
    }

    private static void text(HttpServerExchange exchange, int status, String text) {
        AdminRoutes.send(exchange, status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
