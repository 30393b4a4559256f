package io.culprit.server;

import io.culprit.config.RouteConfig;
import io.culprit.http.RequestHead;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The request target for the upstream: as received, or with the route's rewrite applied. Stateless. */
final class TargetRewrite {
    private static final String SAFE = "-._~!$&'()*+,;=:@/";

    private TargetRewrite() {}

    /**
     * @param normal the normalised path when it differs from the received one, else an empty array
     */
    static byte[] target(RequestHead head, RouteConfig route, byte[] normal) {
        byte[] bytes = head.bytes();
        int start = head.pathStart();
        int end = head.pathEnd();
        String prefix = !route.stripPrefix().isEmpty()
                ? route.stripPrefix()
                : route.replacePrefix() != null ? route.path() : "";
        String replacement = route.replacePrefix() == null ? "" : route.replacePrefix();
        if (prefix.isEmpty() || start == end) {
            return whole(bytes, start, head.targetEnd());
        }
        String path = head.path();
        if (!path.startsWith(prefix) && normal.length > 0) {
            path = escaped(normal);
        }
        if (!path.startsWith(prefix)) {
            return whole(bytes, start, head.targetEnd());
        }
        String rewritten = replacement + path.substring(prefix.length());
        if (!rewritten.startsWith("/")) {
            rewritten = "/" + rewritten;
        }
        String query = new String(bytes, end, head.targetEnd() - end, StandardCharsets.ISO_8859_1);
        if (rewritten.indexOf('?') >= 0 && query.startsWith("?")) {
            query = "&" + query.substring(1);
        }
        return (rewritten + query).getBytes(StandardCharsets.ISO_8859_1);
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
