package io.culprit.server.request;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.RequestHead;
import io.culprit.route.PathNormalizer;
import io.culprit.route.Route;
import io.culprit.route.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A path that several readers read differently, such as {@code /x/..%2fadmin}, {@code /x/..\admin} or {@code /x/..;/admin}: the
 * gateway matches it as nginx would, the upstream gets it as it came. Where another reading leads to a route that lets other
 * clients in, the request is refused. Stateless.
 */
final class PathReadings {
    private PathReadings() {}

    /** Why the path is refused, empty when all of its readings let the same clients in. */
    static Optional<Failure> refusal(RouteTable<Destination> routes, RequestHead head, Route<Destination> chosen) {
        if (isPlain(head)) {
            return Optional.empty();
        }
        for (String reading : readings(head.path())) {
            byte[] bytes = reading.getBytes(StandardCharsets.ISO_8859_1);
            Optional<byte[]> normal = PathNormalizer.normalize(bytes, 0, bytes.length);
            Route<Destination> other = normal.isEmpty()
                    ? null
                    : routes.match(head.hostName(), head.method(), normal.get(), 0, normal.get().length);
            if (other != null
                    && !(other.config()
                                    .rules()
                                    .allow()
                                    .equals(chosen.config().rules().allow())
                            && other.config()
                                    .rules()
                                    .deny()
                                    .equals(chosen.config().rules().deny()))) {
                return Optional.of(Failure.of(
                        Cause.CLIENT_AMBIGUOUS_PATH,
                        "the path takes route \"%s\" here, and route \"%s\" where it is read as %s"
                                .formatted(
                                        chosen.name(),
                                        other.name(),
                                        new String(normal.get(), StandardCharsets.ISO_8859_1))));
            }
        }
        return Optional.empty();
    }

    private static boolean isPlain(RequestHead head) {
        byte[] bytes = head.bytes();
        for (int i = head.pathStart(); i < head.pathEnd(); i++) {
            if (bytes[i] == '%' || bytes[i] == '\\' || bytes[i] == ';') {
                return false;
            }
        }
        return true;
    }

    private static List<String> readings(String path) {
        String once = PathNormalizer.decoded(path);
        List<String> readings = new ArrayList<>();
        for (String decoded : List.of(path, once, PathNormalizer.decoded(once))) {
            for (String slashes : List.of(decoded, decoded.replace('\\', '/'))) {
                readings.add(asIs(slashes));
                readings.add(asIs(withoutParameters(slashes)));
            }
        }
        return readings;
    }

    /** Kept from being decoded once more. */
    private static String asIs(String path) {
        return path.replace("%", "%25");
    }

    private static String withoutParameters(String path) {
        return path.indexOf(';') < 0 ? path : path.replaceAll(";[^/]*", "");
    }
}
