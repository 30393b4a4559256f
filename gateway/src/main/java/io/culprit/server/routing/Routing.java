package io.culprit.server.routing;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.route.PathNormalizer;
import io.culprit.route.Route;
import io.culprit.route.RouteTable;
import java.nio.charset.StandardCharsets;

/** From a request's head to its route. Stateless. */
public final class Routing {
    private static final byte[] AS_RECEIVED = {};
    private static final byte[] ROOT = {'/'};

    private Routing() {}

    /**
     * The path routes are matched against, empty when it is the received one.
     *
     * @throws MessageException when the path leaves the root or has a broken escape
     */
    public static byte[] normalPath(RequestHead head) throws MessageException {
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
     * The path with a slash at its end and the query behind it, as a Location. Made from the normal path, so that {@code
     * //host/} cannot send anybody elsewhere.
     */
    public static String withSlash(RequestHead head, String normal) {
        String query = new String(
                head.bytes(), head.pathEnd(), head.targetEnd() - head.pathEnd(), StandardCharsets.ISO_8859_1);
        return TargetRewrite.escaped(normal.getBytes(StandardCharsets.ISO_8859_1)) + "/" + query;
    }

    /** Whether all the path lacks is the slash at its end. */
    public static boolean lacksSlash(RouteTable<?> routes, RequestHead head, byte[] normal) {
        return normal.length > 0
                ? routes.lacksSlash(head.hostName(), head.method(), normal, 0, normal.length)
                : routes.lacksSlash(head.hostName(), head.method(), head.bytes(), head.pathStart(), head.pathEnd());
    }

    /**
     * @param normal from {@link #normalPath}
     * @throws MessageException with {@code route.none} when no route matches
     */
    public static <T> Route<T> route(RouteTable<T> routes, RequestHead head, byte[] normal) throws MessageException {
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
