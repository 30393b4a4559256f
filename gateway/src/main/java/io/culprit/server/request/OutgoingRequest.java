package io.culprit.server.request;

import io.culprit.config.route.RouteConfig;
import io.culprit.failure.Trace;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import io.culprit.reply.Ascii;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.upstream.request.ClientRoute;
import io.culprit.upstream.request.HeadedRequest;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The request as the upstream gets it: the client's header lines byte for byte, without what concerns the client's
 * connection only, with the route's changes, the forwarded headers and one request id. Owned by one IO thread.
 */
final class OutgoingRequest extends HeadedRequest {
    /** Written anew, or settled between the client and this gateway (Expect). */
    private static final Set<HeaderName> REPLACED = EnumSet.of(
            HeaderName.HOST,
            HeaderName.CONTENT_LENGTH,
            HeaderName.EXPECT,
            HeaderName.X_REQUEST_ID,
            HeaderName.X_FORWARDED_FOR,
            HeaderName.X_FORWARDED_PROTO,
            HeaderName.X_FORWARDED_HOST,
            HeaderName.X_FORWARDED_PORT,
            HeaderName.FORWARDED);

    private static final byte[] VERSION_AND_HOST = Ascii.bytes(" HTTP/1.1\r\nHost: ");
    private static final byte[] REQUEST_ID = Ascii.bytes("X-Request-Id: ");
    private static final byte[] TRACEPARENT = Ascii.bytes("traceparent: ");
    private static final byte[] CRLF = {'\r', '\n'};

    private final RouteConfig route;
    private final ForwardedHeaders forwarded;
    private final byte[] client;
    private final boolean keepAlive;
    private final byte[] target;
    private final String host;
    private final Optional<Trace> trace;
    private final boolean dropsUnderscores;
    private final boolean certificateIsOurs;
    private final ClientRoute clientRoute;
    private final String upgrade;
    private final boolean takesTrailers;
    private final long maxForwards;

    /**
     * @param target path and query for the upstream
     * @param keepAlive whether the connection may be kept afterwards
     * @param trace what the upstream is told of the trace, empty for nothing of ours
     * @param dropsUnderscores whether header fields with an underscore in their names stay behind
     * @param clientRoute who speaks to whom on the client's side
     * @param upgrade protocol that the client asks for instead, empty for none
     */
    OutgoingRequest(
            RequestHead head,
            RouteConfig route,
            byte[] target,
            ForwardedHeaders forwarded,
            String requestId,
            byte[] client,
            boolean keepAlive,
            Optional<Trace> trace,
            boolean dropsUnderscores,
            ClientRoute clientRoute,
            String upgrade) {
        super(head, requestId);
        this.clientRoute = clientRoute;
        this.upgrade = upgrade;
        this.route = route;
        this.target = target;
        this.forwarded = forwarded;
        this.client = client;
        this.keepAlive = keepAlive;
        this.trace = trace;
        this.dropsUnderscores = dropsUnderscores;
        this.certificateIsOurs = forwarded.tellsCertificate() || !forwarded.trusted();
        this.takesTrailers = head.headers().lists(HeaderName.TE, "trailers");
        this.maxForwards = MaxForwards.of(head);
        // HTTP/1.1 demands a Host; an HTTP/1.0 client may have sent none.
        this.host = route.hostOr(head.host().isEmpty() ? "localhost" : head.host());
    }

    @Override
    public boolean takesUnknownLength() {
        return true; // it goes out chunked
    }

    @Override
    public boolean upgrades() {
        return !upgrade.isEmpty();
    }

    @Override
    public Optional<ClientRoute> clientRoute() {
        return Optional.of(clientRoute);
    }

    @Override
    public byte[] clientAddress() {
        return client;
    }

    @Override
    public int headBound() {
        int size = head.length()
                + 2 * head.headers().count()
                + target.length
                + host.length()
                + forwarded.bound(head)
                + 256;
        for (Map.Entry<String, String> set : route.setHeaders().entrySet()) {
            size += set.getKey().length() + set.getValue().length() + 4;
        }
        return size;
    }

    @Override
    public void encodeHead(ByteBuffer out) {
        Ascii.put(out, head.method());
        out.put((byte) ' ').put(target);
        out.put(VERSION_AND_HOST);
        Ascii.put(out, host);
        out.put(CRLF);
        copyHeaders(out);
        for (Map.Entry<String, String> set : route.setHeaders().entrySet()) {
            if (!set.getKey().equalsIgnoreCase("host")) {
                Ascii.put(out, set.getKey());
                out.put((byte) ':').put((byte) ' ');
                Ascii.put(out, set.getValue());
                out.put(CRLF);
            }
        }
        forwarded.encode(head, out);
        out.put(REQUEST_ID);
        Ascii.put(out, id());
        out.put(CRLF);
        if (trace.isPresent()) {
            out.put(TRACEPARENT);
            trace.get().encode(attempt(), out);
            out.put(CRLF);
        }
        framing(out);
        if (maxForwards > 0) {
            Ascii.put(out, "Max-Forwards: ");
            Ascii.putDecimal(out, maxForwards - 1);
            out.put(CRLF);
        }
        if (upgrades()) {
            Ascii.put(out, "Connection: upgrade\r\nUpgrade: ");
            Ascii.put(out, upgrade);
            out.put(CRLF);
        } else if (takesTrailers) {
            Ascii.put(out, keepAlive ? "Connection: TE\r\n" : "Connection: close, TE\r\n");
            Ascii.put(out, "TE: trailers\r\n");
        } else if (!keepAlive) {
            Ascii.put(out, "Connection: close\r\n");
        }
        out.put(CRLF);
    }

    private void framing(ByteBuffer out) {
        if (bodyLength() == UNKNOWN) {
            Ascii.put(out, "Transfer-Encoding: chunked\r\n");
        } else if (bodyLength() > 0 || head.headers().has(HeaderName.CONTENT_LENGTH) || head.bodyLength() != 0) {
            Ascii.put(out, "Content-Length: ");
            Ascii.putDecimal(out, bodyLength());
            out.put(CRLF);
        }
    }

    private void copyHeaders(ByteBuffer out) {
        HeaderBlock headers = head.headers();
        boolean anyConnection = headers.has(HeaderName.CONNECTION);
        headers.copyLines((name, index) -> dropped(headers, name, index, anyConnection), out);
    }

    /** Another tracer's state belongs to its own parent: without a valid one it means nothing. */
    private boolean stale(HeaderName name) {
        return name == HeaderName.TRACESTATE && trace.get().beganHere();
    }

    private boolean dropped(HeaderBlock headers, HeaderName name, int index, boolean anyConnection) {
        if (trace.isPresent() && (name == HeaderName.TRACEPARENT || stale(name))) {
            return true;
        }
        if (REPLACED.contains(name) || name.isHopByHop() || anyConnection && headers.isNamedInConnection(index)) {
            return true;
        }
        if (maxForwards > 0 && name == HeaderName.MAX_FORWARDS) {
            return true;
        }
        if (certificateIsOurs && headers.isOfClientCertificate(index)) {
            return true;
        }
        if (dropsUnderscores && headers.underscored() > 0 && headers.hasUnderscore(index)) {
            return true;
        }
        if (route.setHeaders().isEmpty() && route.removeHeaders().isEmpty()) {
            return false;
        }
        for (String set : route.setHeaders().keySet()) {
            if (headers.isNamed(index, set)) {
                return true;
            }
        }
        for (String removed : route.removeHeaders()) {
            if (headers.isNamed(index, removed)) {
                return true;
            }
        }
        return false;
    }
}
