package io.culprit.admin;

import io.culprit.config.AdminConfig;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Who may ask what of the admin listener: sets the headers that keep browsers from mischief, limits the rate, checks the
 * token, and refuses names that a foreign page could have pointed at loopback (DNS rebinding). What passes runs on a
 * worker thread.
 */
final class Gatekeeper implements HttpHandler {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final HttpString SECURITY_POLICY = new HttpString("Content-Security-Policy");
    private static final HttpString CONTENT_TYPE_OPTIONS = new HttpString("X-Content-Type-Options");
    private static final HttpString REFERRER_POLICY = new HttpString("Referrer-Policy");
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");
    private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
    private static final int PER_SECOND = 50;
    private static final int BURST = 300;

    /** A wrong token costs as much as this many requests: a few guesses a second at most. */
    private static final int GUESS = 20;

    /** An address, or a name that always means this machine. */
    private static final Pattern LOCAL_NAME = Pattern.compile(
            "(localhost|[a-z0-9.-]*\\.localhost|[0-9.]+|\\[[0-9a-f:.]+])(:[0-9]+)?", Pattern.CASE_INSENSITIVE);

    private final TokenGuard guard;
    private final boolean loopback;
    private final RateLimit limit = new RateLimit(PER_SECOND, BURST, System::nanoTime);
    private final HttpHandler next;

    Gatekeeper(AdminConfig config, HttpHandler next) {
        this.guard = TokenGuard.of(config);
        this.loopback = config.address().getAddress().isLoopbackAddress();
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        exchange.getResponseHeaders()
                .put(Headers.CACHE_CONTROL, "no-store")
                .put(SECURITY_POLICY, POLICY)
                .put(CONTENT_TYPE_OPTIONS, "nosniff")
                .put(REFERRER_POLICY, "no-referrer")
                .put(RESOURCE_POLICY, "same-origin");
        String client = exchange.getSourceAddress().getAddress().getHostAddress();
        if (!limit.admits(client, 1)) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
            refuse(exchange, 429, "too many requests from this address; at most " + PER_SECOND + " a second");
            return;
        }
        String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
        if (loopback && (host == null || !LOCAL_NAME.matcher(host).matches())) {
            refuse(exchange, 421, "on loopback only localhost and addresses are served, not this Host");
            return;
        }
        String site = exchange.getRequestHeaders().getFirst(FETCH_SITE);
        if (site != null
                && !site.equals("same-origin")
                && !site.equals("none")
                && !exchange.getRequestMethod().equals(Methods.GET)) {
            // A browser sends the password along for any page that knows the address.
            refuse(exchange, 403, "not from a page of another site");
            return;
        }
        Endpoint endpoint = Endpoint.at(exchange.getRequestPath()).orElse(Endpoint.NOW);
        String authorization = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
        boolean admitted = endpoint == Endpoint.HEALTH
                || endpoint == Endpoint.READY
                || (endpoint.writes() ? guard.admitsWrite(authorization) : guard.admits(authorization));
        if (admitted) {
            exchange.dispatch(next);
        } else if (endpoint.writes() && !guard.hasToken()) {
            refuse(exchange, 403, "read-only: set admin.token to allow this");
        } else {
            limit.charge(client, authorization == null ? 0 : GUESS);
            exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Basic realm=\"culprit\"");
            refuse(exchange, 401, "admin.token is needed, as Bearer or as Basic's password");
        }
    }

    private static void refuse(HttpServerExchange exchange, int status, String why) {
        AdminRoutes.send(exchange, status, "text/plain; charset=utf-8", (why + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
