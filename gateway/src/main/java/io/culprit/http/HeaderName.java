package io.culprit.http;

/** The header fields the gateway itself acts on. Everything else is {@link #OTHER} and passes through untouched. */
public enum HeaderName {
    OTHER(""),
    ACCEPT("accept"),
    CONNECTION("connection"),
    CONTENT_LENGTH("content-length"),
    CONTENT_TYPE("content-type"),
    COOKIE("cookie"),
    DATE("date"),
    EXPECT("expect"),
    FORWARDED("forwarded"),
    HOST("host"),
    KEEP_ALIVE("keep-alive"),
    LOCATION("location"),
    PROXY("proxy"),
    PROXY_CONNECTION("proxy-connection"),
    PROXY_STATUS("proxy-status"),
    REFERER("referer"),
    STATUS("status"),
    TE("te"),
    TRACEPARENT("traceparent"),
    TRACESTATE("tracestate"),
    TRAILER("trailer"),
    TRANSFER_ENCODING("transfer-encoding"),
    UPGRADE("upgrade"),
    USER_AGENT("user-agent"),
    X_ACCEL_BUFFERING("x-accel-buffering"),
    X_FORWARDED_FOR("x-forwarded-for"),
    X_FORWARDED_HOST("x-forwarded-host"),
    X_FORWARDED_PORT("x-forwarded-port"),
    X_FORWARDED_PROTO("x-forwarded-proto"),
    X_REQUEST_ID("x-request-id");

    private static final HeaderName[] VALUES = values();
    private static final int LONGEST = 17;
    private static final HeaderName[][] BY_LENGTH = new HeaderName[LONGEST + 1][];

    static {
        for (int length = 0; length <= LONGEST; length++) {
            int wanted = length;
            BY_LENGTH[length] = java.util.Arrays.stream(VALUES)
                    .filter(h -> h != OTHER && h.lower.length() == wanted)
                    .toArray(HeaderName[]::new);
        }
    }

    private final String lower;

    HeaderName(String lower) {
        this.lower = lower;
    }

    /** The field name in lower case; empty for {@link #OTHER}. */
    public String lower() {
        return lower;
    }

    /** Which known field {@code bytes[start, end)} names. Allocates nothing. */
    public static HeaderName of(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length > LONGEST) {
            return OTHER;
        }
        for (HeaderName candidate : BY_LENGTH[length]) {
            if (Grammar.equalsIgnoreCase(bytes, start, end, candidate.lower)) {
                return candidate;
            }
        }
        return OTHER;
    }

    /** True for fields that concern one connection only and are never forwarded (RFC 9110 section 7.6.1). */
    public boolean isHopByHop() {
        return switch (this) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE -> true;
            case OTHER,
                    ACCEPT,
                    CONTENT_LENGTH,
                    CONTENT_TYPE,
                    COOKIE,
                    DATE,
                    EXPECT,
                    FORWARDED,
                    HOST,
                    LOCATION,
                    PROXY,
                    PROXY_STATUS,
                    REFERER,
                    STATUS,
                    TRACEPARENT,
                    TRACESTATE,
                    USER_AGENT,
                    X_ACCEL_BUFFERING,
                    X_FORWARDED_FOR,
                    X_FORWARDED_HOST,
                    X_FORWARDED_PORT,
                    X_FORWARDED_PROTO,
                    X_REQUEST_ID -> false;
        };
    }
}
