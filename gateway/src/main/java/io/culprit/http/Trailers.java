package io.culprit.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Fields behind a body that are passed on (RFC 9110 section 6.5). Those that frame, route, authenticate or describe a message, or
 * that only this gateway may say, are none: who merges trailers into the head would believe them, and HAProxy passes even those
 * (fact rows TR01 to TR05). Immutable.
 */
public final class Trailers {
    /** None at all, as nearly always. */
    public static final Trailers NONE = new Trailers(List.of());

    /** Bytes that one message's trailers may take, as lines of HTTP/1.1. */
    public static final int MOST = 8192;

    private static final Set<String> NEVER = Set.of(
            "age",
            "alt-svc",
            "authorization",
            "cache-control",
            "cf-connecting-ip",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "cookie",
            "date",
            "expect",
            "expires",
            "fastly-client-ip",
            "forwarded",
            "host",
            "location",
            "max-forwards",
            "pragma",
            "proxy",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization",
            "range",
            "retry-after",
            "set-cookie",
            "status",
            "strict-transport-security",
            "traceparent",
            "tracestate",
            "trailer",
            "true-client-ip",
            "vary",
            "warning",
            "www-authenticate",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-host",
            "x-original-url",
            "x-real-ip",
            "x-request-id",
            "x-rewrite-url");

    private static final List<String> NEVER_BEGINS =
            List.of("if-", "x-forwarded-", "x-accel-", "x-ssl-client-", "ssl-client-");

    private final List<Field> fields;

    private Trailers(List<Field> fields) {
        this.fields = fields;
    }

    /**
     * What may be passed on of a trailer section.
     *
     * @param bytes {@code [0, length)} are lines that were checked already, each ended by CRLF
     */
    public static Trailers of(byte[] bytes, int length) {
        List<Field> fields = new ArrayList<>();
        for (String line : new String(bytes, 0, length, StandardCharsets.ISO_8859_1).split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && mayPass(line.substring(0, colon))) {
                fields.add(new Field(
                        line.substring(0, colon), line.substring(colon + 1).strip()));
            }
        }
        return fields.isEmpty() ? NONE : new Trailers(List.copyOf(fields));
    }

    private static boolean mayPass(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        byte[] bytes = lower.getBytes(StandardCharsets.ISO_8859_1);
        HeaderName known = HeaderName.of(bytes, 0, bytes.length);
        return !known.isHopByHop()
                && !known.isForServer()
                && lower.indexOf('_') < 0
                && !NEVER.contains(lower)
                && NEVER_BEGINS.stream().noneMatch(lower::startsWith);
    }

    /** Those whose names, in lower case, {@code stay} does not accept. */
    public Trailers without(Predicate<String> stay) {
        List<Field> left = fields.stream()
                .filter(each -> !stay.test(each.name().toLowerCase(Locale.ROOT)))
                .toList();
        return left.isEmpty() ? NONE : new Trailers(left);
    }

    public List<Field> fields() {
        return fields;
    }

    /** Bytes of heap that they take, nearly. */
    public int weight() {
        return fields.stream()
                .mapToInt(each -> each.name().length() + each.value().length() + 100)
                .sum();
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** The end of a chunked body that has them (RFC 9112 section 7.1.2), with less than twice {@link #MOST} bytes. */
    public byte[] lastChunk() {
        StringBuilder lines = new StringBuilder("0\r\n");
        for (Field each : fields) {
            lines.append(each.name()).append(": ").append(each.value()).append("\r\n");
        }
        return lines.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
