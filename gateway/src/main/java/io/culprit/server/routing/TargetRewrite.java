package io.culprit.server.routing;

import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.route.PathNormalizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The request target for the upstream: as received, or with the route's rewrite applied to the normalised path. What a
 * rewrite makes stays below its replacement, however often and however loosely the upstream decodes it. Stateless.
 */
public final class TargetRewrite {
    private static final String SAFE = "-._~!$&'()*+,;=:@/";

    /** Upstreams have been seen to decode a path once more than they should. */
    private static final int DECODINGS = 2;

    private TargetRewrite() {}

    /**
     * @param normal the normalised path when it differs from the received one, else an empty array
     * @throws MessageException when the path could leave the route's replacement
     */
    public static byte[] target(RequestHead head, RouteConfig route, byte[] normal) throws MessageException {
        byte[] bytes = head.bytes();
        if (head.pathStart() == head.targetEnd() && head.method().equals("OPTIONS")) {
            return new byte[] {'*'}; // the host is in Host again (RFC 9112 section 3.2.4)
        }
        boolean asterisk = head.pathStart() < head.pathEnd() && bytes[head.pathStart()] == '*';
        if (!route.rewrites() || asterisk) {
            return whole(bytes, head.pathStart(), head.targetEnd());
        }
        String query =
                new String(bytes, head.pathEnd(), head.targetEnd() - head.pathEnd(), StandardCharsets.ISO_8859_1);
        return (escaped(path(head, route, normal)) + query).getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The normalised path with the route's rewrite applied, one byte per byte, nothing escaped.
     *
     * @throws MessageException as {@link #target}
     */
    public static byte[] path(RequestHead head, RouteConfig route, byte[] normal) throws MessageException {
        String path = normal.length > 0 ? new String(normal, StandardCharsets.ISO_8859_1) : head.path();
        String given = route.replacePrefix();
        String prefix = given != null ? route.path() : route.stripPrefix();
        String replacement = given != null ? given : "/";
        if (!route.rewrites() || !applies(path, prefix, route)) {
            return path.getBytes(StandardCharsets.ISO_8859_1);
        }
        String rest = path.substring(prefix.length());
        if (climbs(rest)) {
            throw new MessageException(Failure.of(
                    Cause.CLIENT_BAD_REQUEST,
                    "the path could leave %s, which stands for %s: an upstream may read a segment of it as \"..\""
                            .formatted(replacement.isEmpty() ? "/" : replacement, prefix)));
        }
        return joined(replacement, rest).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A plain prefix ends anywhere, a path and what is stripped only where a segment does. */
    private static boolean applies(String path, String prefix, RouteConfig route) {
        return path.startsWith(prefix)
                && (route.replacePrefix() != null && route.kind() == PathKind.PREFIX
                        || path.length() == prefix.length()
                        || prefix.endsWith("/")
                        || path.charAt(prefix.length()) == '/');
    }

    /** One slash between the two, and none where there is no rest. */
    private static String joined(String replacement, String rest) {
        if (rest.isEmpty()) {
            return replacement.isEmpty() ? "/" : replacement;
        }
        String base = replacement.endsWith("/") ? replacement.substring(0, replacement.length() - 1) : replacement;
        return base + (rest.startsWith("/") ? rest : "/" + rest);
    }

    /** Whether some reader could find a segment that leads upwards: decoded again, with backslashes or path parameters. */
    private static boolean climbs(String rest) {
        String seen = rest;
        for (int i = 0; i <= DECODINGS; i++) {
            for (String segment : seen.split("[/\\\\]", -1)) {
                int parameters = segment.indexOf(';');
                if ((parameters < 0 ? segment : segment.substring(0, parameters)).equals("..")) {
                    return true;
                }
            }
            String decoded = PathNormalizer.decoded(seen);
            if (decoded.equals(seen)) {
                return false;
            }
            seen = decoded;
        }
        return false;
    }

    private static byte[] whole(byte[] bytes, int start, int end) {
        if (start == end || bytes[start] == '?') {
            // an absolute URL without a path
            byte[] rooted = new byte[end - start + 1];
            rooted[0] = '/';
            System.arraycopy(bytes, start, rooted, 1, end - start);
            return rooted;
        }
        return java.util.Arrays.copyOfRange(bytes, start, end);
    }

    /** A decoded path, percent-encoded again where that is needed. */
    static String escaped(byte[] path) {
        var out = new ByteArrayOutputStream();
        for (byte b : path) {
            boolean plain = b >= 'a' && b <= 'z'
                    || b >= 'A' && b <= 'Z'
                    || b >= '0' && b <= '9'
                    || SAFE.indexOf(b) >= 0 && b > 0;
            if (plain) {
                out.write(b);
            } else {
                out.writeBytes("%%%02X".formatted(b & 0xff).getBytes(StandardCharsets.US_ASCII));
            }
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
