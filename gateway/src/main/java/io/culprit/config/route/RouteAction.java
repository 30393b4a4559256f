package io.culprit.config.route;

/** What a route does without an upstream. Immutable. */
public sealed interface RouteAction {
    /**
     * The client is sent elsewhere.
     *
     * @param to the target, with {@code $host}, {@code $request_uri}, {@code $uri}, {@code $args} and {@code $scheme} in it
     * @param status 301, 302, 303, 307 or 308
     */
    record Redirect(String to, int status) implements RouteAction {}

    /**
     * The client gets a text.
     *
     * @param status 200 to 599
     * @param body possibly empty
     * @param contentType of the body
     */
    record Respond(int status, String body, String contentType) implements RouteAction {}
}
