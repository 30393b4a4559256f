package io.culprit.server;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.route.PathNormalizer;
import io.culprit.route.Route;
import io.culprit.route.RouteTable;

/** From a request's head to its route. Stateless. */
final class Routing {
    private static final byte[] AS_RECEIVED = {};
    private static final byte[] ROOT = {'/'};

    private Routing() {}

    /**
     * The path routes are matched against, empty when it is the received one.
     *
     * @throws MessageException when the path leaves the root or has a broken escape
     */
    static byte[] normalPath(RequestHead head) throws MessageException {
        if (head.pathStart() == head.pathEnd() || head.bytes()[head.pathStart()] == '*') {
            return ROOT; // an absolute URL without a path, or OPTIONS *
        }
        if (PathNormalizer.isNormal(head.bytes(), head.pathStart(), head.pathEnd())) {
            return AS_RECEIVED;
        }
        return PathNormalizer.normalize(head.bytes(), head.pathStart(), head.pathEnd())
                .orElseThrow(() -> new MessageException(
                        Failure.of(Cause.CLIENT_BAD_REQUEST, "the path leaves the root or has a broken escape")));
    }

    /**
     * @param normal from {@link #normalPath}
     * @throws MessageException with {@code route.none} when no route matches
     */
    static <T> Route<T> route(RouteTable<T> routes, RequestHead head, byte[] normal) throws MessageException {
        String host = head.hostName();
        Route<T> route = normal.length > 0
                ? routes.match(host, head.method(), normal, 0, normal.length)
                : routes.match(host, head.method(), head.bytes(), head.pathStart(), head.pathEnd());
        if (route == null) {
            throw new MessageException(Failure.of(
                    Cause.ROUTE_NONE,
                    "no route matches %s %s of host \"%s\"".formatted(head.method(), head.path(), host)));
        }
        return route;
    }
}
