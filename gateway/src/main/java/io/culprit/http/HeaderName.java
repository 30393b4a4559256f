package io.culprit.http;

/** The header fields the gateway itself acts on. Everything else is {@link #OTHER} and passes through untouched. */
public enum HeaderName {
    OTHER(""),
    ACCEPT("accept"),
    ACCEPT_ENCODING("accept-encoding"),
    CONNECTION("connection", true),
    CONTENT_LENGTH("content-length"),
    CONTENT_TYPE("content-type"),
    COOKIE("cookie"),
    DATE("date"),
    EXPECT("expect"),
    FORWARDED("forwarded"),
    HOST("host"),
    IF_MATCH("if-match"),
    IF_MODIFIED_SINCE("if-modified-since"),
    IF_NONE_MATCH("if-none-match"),
    IF_RANGE("if-range"),
    IF_UNMODIFIED_SINCE("if-unmodified-since"),
    KEEP_ALIVE("keep-alive", true),
    LOCATION("location"),
    MAX_FORWARDS("max-forwards"),
    PROXY("proxy"),
    PROXY_CONNECTION("proxy-connection", true),
    PROXY_STATUS("proxy-status"),
    RANGE("range"),
    REFERER("referer"),
    STATUS("status"),
    TE("te", true),
    TRACEPARENT("traceparent"),
    TRACESTATE("tracestate"),
    TRAILER("trailer"),
    TRANSFER_ENCODING("transfer-encoding", true),
    UPGRADE("upgrade", true),
    USER_AGENT("user-agent"),
    X_ACCEL_BUFFERING("x-accel-buffering"),
    X_ACCEL_CHARSET("x-accel-charset"),
    X_ACCEL_EXPIRES("x-accel-expires"),
    X_ACCEL_LIMIT_RATE("x-accel-limit-rate"),
    X_ACCEL_REDIRECT("x-accel-redirect"),
    X_FORWARDED_FOR("x-forwarded-for"),
    X_FORWARDED_HOST("x-forwarded-host"),
    X_FORWARDED_PORT("x-forwarded-port"),
    X_FORWARDED_PROTO("x-forwarded-proto"),
    X_LIGHTTPD_SEND_FILE("x-lighttpd-send-file"),
    X_LITESPEED_LOCATION("x-litespeed-location"),
    X_REQUEST_ID("x-request-id"),
    X_REPROXY_FILE("x-reproxy-file"),
    X_REPROXY_URL("x-reproxy-url"),
    X_SENDFILE("x-sendfile"),
    X_SENDFILE2("x-sendfile2");

    private static final int BUCKETS = 128;
    private static final HeaderName[][] BY_HASH = new HeaderName[BUCKETS][];

    static {
        java.util.Arrays.fill(BY_HASH, new HeaderName[0]);
        for (HeaderName each : values()) {
            if (each != OTHER) {
                int bucket =
                        hash(each.lower.length(), each.lower.charAt(0), each.lower.charAt(each.lower.length() - 1));
                HeaderName[] before = BY_HASH[bucket];
                BY_HASH[bucket] = java.util.Arrays.copyOf(before, before.length + 1);
                BY_HASH[bucket][before.length] = each;
            }
        }
    }

    private final String lower;
    private final boolean hopByHop;

    HeaderName(String lower) {
        this(lower, false);
    }

    HeaderName(String lower, boolean hopByHop) {
        this.lower = lower;
        this.hopByHop = hopByHop;
    }

    /** The field name in lower case; empty for {@link #OTHER}. */
    public String lower() {
        return lower;
    }

    /** Which known field {@code bytes[start, end)} names; it is not empty. Allocates nothing. */
    public static HeaderName of(byte[] bytes, int start, int end) {
        for (HeaderName candidate : BY_HASH[hash(end - start, bytes[start] | 0x20, bytes[end - 1] | 0x20)]) {
            if (Grammar.equalsIgnoreCase(bytes, start, end, candidate.lower)) {
                return candidate;
            }
        }
        return OTHER;
    }

    /** Length, first and last letter tell nearly all of them apart. */
    private static int hash(int length, int first, int last) {
        return length * 29 + first * 7 + last & BUCKETS - 1;
    }

    /**
     * True for fields by which an application speaks to the server in front of it, such as the path of a file to send. They
     * tell clients what they should not know, and are never passed on.
     */
    public boolean isForServer() {
        return switch (this) {
            case X_ACCEL_BUFFERING,
                    X_ACCEL_CHARSET,
                    X_ACCEL_EXPIRES,
                    X_ACCEL_LIMIT_RATE,
                    X_ACCEL_REDIRECT,
                    X_LIGHTTPD_SEND_FILE,
                    X_LITESPEED_LOCATION,
                    X_REPROXY_FILE,
                    X_REPROXY_URL,
                    X_SENDFILE,
                    X_SENDFILE2 -> true;
            default -> false;
        };
    }

    /** True for fields that concern one connection only and are never forwarded (RFC 9110 section 7.6.1). */
    public boolean isHopByHop() {
        return hopByHop;
    }
}
