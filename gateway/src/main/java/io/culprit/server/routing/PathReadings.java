package io.culprit.server.routing;

import io.culprit.config.route.RouteRules;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.RequestHead;
import io.culprit.http.Sample;
import io.culprit.route.PathNormalizer;
import io.culprit.route.Route;
import io.culprit.route.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A path that several readers read differently, such as {@code /x/..%2fadmin}, {@code /x/..\admin} or {@code /x/..;/admin}: the
 * gateway matches it as nginx would, the upstream gets it as it came. Where another reading leads to a route that lets other
 * clients in, the request is refused. Stateless.
 */
public final class PathReadings {
    /** More forms than this are made of no path by any reader. */
    private static final int MOST = 64;

    private PathReadings() {}

    /** Why the path is refused, empty when all of its readings let the same clients in. */
    public static Optional<Failure> refusal(
            RouteTable<Destination> routes, RequestHead head, Route<Destination> chosen) {
        if (isPlain(head)) {
            return Optional.empty();
        }
        for (String reading : readings(head.path())) {
            byte[] bytes = reading.getBytes(StandardCharsets.ISO_8859_1);
            Route<Destination> other = routes.match(head.hostName(), head.method(), bytes, 0, bytes.length);
            if (other != null
                    && !sameClients(other.config().rules(), chosen.config().rules())) {
                return Optional.of(Failure.of(
                        Cause.CLIENT_AMBIGUOUS_PATH,
                        "the path takes route \"%s\" here, and route \"%s\" where it is read as %s"
                                .formatted(chosen.name(), other.name(), Sample.printable(reading))));
            }
        }
        return Optional.empty();
    }

    private static boolean sameClients(RouteRules one, RouteRules other) {
        return one.allow().equals(other.allow()) && one.deny().equals(other.deny());
    }

    private static boolean isPlain(RequestHead head) {
        byte[] bytes = head.bytes();
        for (int i = head.pathStart(); i < head.pathEnd(); i++) {
            boolean dotted = bytes[i] == '/' && i + 1 < head.pathEnd() && (bytes[i + 1] == '/' || bytes[i + 1] == '.');
            if (dotted || bytes[i] == '%' || bytes[i] == '\\' || bytes[i] == ';') {
                return false;
            }
        }
        return true;
    }

    /**
     * The paths that readers make of it. They decode none, once or more often, take {@code ;parameters} off before or behind
     * that (Tomcat), take a backslash for a slash (WHATWG's URLs, IIS), merge slashes or do not, resolve dots, stay at the root
     * where too many would leave it, or match what they got.
     */
    private static Set<String> readings(String path) {
        Set<String> forms = new LinkedHashSet<>(List.of(path));
        Deque<String> fresh = new ArrayDeque<>(forms);
        while (!fresh.isEmpty() && forms.size() < MOST) {
            String form = fresh.poll();
            for (String next :
                    List.of(PathNormalizer.decoded(form), form.replace('\\', '/'), withoutParameters(form))) {
                if (forms.add(next)) {
                    fresh.add(next);
                }
            }
        }
        Set<String> readings = new LinkedHashSet<>(forms);
        for (String each : forms) {
            readings.add(resolved(each, true));
            readings.add(resolved(each, false));
        }
        return readings;
    }

    private static String withoutParameters(String path) {
        return path.indexOf(';') < 0 ? path : path.replaceAll(";[^/]*", "");
    }

    /** Without dot segments; what leads above the root stays there (RFC 3986 section 5.2.4). */
    private static String resolved(String path, boolean merging) {
        Deque<String> segments = new ArrayDeque<>();
        String[] all = path.split("/", -1);
        boolean directory = false;
        for (int i = 1; i < all.length; i++) {
            directory = all[i].equals(".") || all[i].equals("..") || all[i].isEmpty();
            if (all[i].equals("..")) {
                segments.pollLast();
            } else if (!directory || all[i].isEmpty() && !merging && i < all.length - 1) {
                segments.addLast(all[i]);
            }
        }
        return "/" + String.join("/", segments) + (directory && !segments.isEmpty() ? "/" : "");
    }
}
