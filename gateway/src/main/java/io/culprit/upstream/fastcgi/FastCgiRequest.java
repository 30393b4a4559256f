package io.culprit.upstream.fastcgi;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.RouteConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.site.Script;
import io.culprit.upstream.ClientRequest;
import io.culprit.upstream.RequestBody;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;

/**
 * A client's request as a FastCGI application gets it: BEGIN_REQUEST, then the meta-variables of CGI 1.1 (RFC 3875
 * section 4) under the names of nginx's {@code fastcgi_params}, then the header fields as {@code HTTP_*}. Owned by one
 * IO thread.
 *
 * <p>Three kinds of header never arrive: {@code Proxy}, which many scripts would take for their own proxy setting
 * (httpoxy); names with anything but letters, digits and hyphens, since {@code X_Y} and {@code X-Y} would be one variable
 * that a client could forge; and claims about the client from a sender who is no trusted proxy.
 */
public final class FastCgiRequest implements ClientRequest {
    private static final int BEGIN_LENGTH = 16;
    private static final String CGI = "CGI/1.1";
    private static final String SOFTWARE = "culprit";

    private final RequestHead head;
    private final RouteConfig route;
    private final FastCgiConfig site;
    private final Script script;
    private final Client client;
    private final String requestId;
    private final boolean keepConnection;
    private RequestBody body = RequestBody.NONE;
    private long bodyLength;

    /**
     * Who asks and where.
     *
     * @param address the client, after trusted proxies were taken off
     * @param addressBytes the same as 4 or 16 bytes
     * @param port the client's port, 0 where a proxy hides it
     * @param serverAddress our end of the connection
     * @param serverPort its port
     * @param https whether the client used TLS, as far as we or a trusted proxy know
     * @param trusted whether the sender is a trusted proxy, whose claims are passed on
     */
    public record Client(
            String address,
            byte[] addressBytes,
            int port,
            String serverAddress,
            int serverPort,
            boolean https,
            boolean trusted) {}

    /**
     * @param keepConnection whether the connection may be kept afterwards
     * @throws MessageException with {@code fastcgi.record-too-big} when a header does not fit a record
     */
    public FastCgiRequest(
            RequestHead head,
            RouteConfig route,
            FastCgiConfig site,
            Script script,
            Client client,
            String requestId,
            boolean keepConnection)
            throws MessageException {
        this.head = head;
        this.route = route;
        this.site = site;
        this.script = script;
        this.client = client;
        this.requestId = requestId;
        this.keepConnection = keepConnection;
        checkSizes();
    }

    private void checkSizes() throws MessageException {
        HeaderBlock headers = head.headers();
        for (int i = 0; i < headers.count(); i++) {
            if (isFirst(i)) {
                int size = "HTTP_".length() + headers.nameEnd(i) - headers.nameStart(i) + joinedLength(i);
                checkSize(headers.nameText(i), size);
            }
        }
        checkSize("request target", head.targetEnd() - head.pathStart() + "REQUEST_URI".length());
    }

    private static void checkSize(String what, int size) throws MessageException {
        if (size + Params.PAIR_OVERHEAD > FastCgi.LONGEST) {
            throw new MessageException(Failure.of(
                    Cause.FASTCGI_RECORD_TOO_BIG,
                    "%s with %d bytes does not fit a record of %d".formatted(what, size, FastCgi.LONGEST)));
        }
    }

    @Override
    public boolean takesUnknownLength() {
        return false; // CGI has no framing but CONTENT_LENGTH (RFC 3875 section 4.1.2)
    }

    @Override
    public void body(RequestBody newBody, long length) {
        bodyLength = length;
        body = length == 0 ? RequestBody.NONE : new StdinBody(newBody);
    }

    @Override
    public String id() {
        return requestId;
    }

    @Override
    public String method() {
        return head.method();
    }

    @Override
    public RequestBody body() {
        return body;
    }

    @Override
    public byte[] clientAddress() {
        return client.addressBytes();
    }

    @Override
    public int headBound() {
        int size = 1024
                + 2 * head.length() // Host and Content-Type stand there twice
                + 2 * (head.targetEnd() - head.pathStart())
                + 16 * head.headers().count()
                + 8
                        * (site.root().toString().length()
                                + script.name().length()
                                + script.pathInfo().length());
        for (Map.Entry<String, String> each : route.setHeaders().entrySet()) {
            size += each.getKey().length() + each.getValue().length() + 16;
        }
        for (Map.Entry<String, String> each : site.params().entrySet()) {
            size += each.getKey().length() + each.getValue().length() + 16;
        }
        return size + size / FastCgi.LONGEST * FastCgi.HEADER;
    }

    @Override
    public void encodeHead(ByteBuffer out) {
        begin(out);
        Params params = new Params(out);
        script(params);
        request(params);
        connection(params);
        headers(params);
        setHeaders(params);
        params.pair("HTTP_X_REQUEST_ID", requestId);
        site.params().forEach((name, value) -> params.pair(name, latin(value)));
        params.end();
        if (body.isEmpty()) {
            Params.header(out, FastCgi.STDIN, 0);
        }
    }

    private void begin(ByteBuffer out) {
        Params.header(out, FastCgi.BEGIN_REQUEST, BEGIN_LENGTH - FastCgi.HEADER);
        out.putShort((short) FastCgi.RESPONDER)
                .put((byte) (keepConnection ? FastCgi.KEEP_CONN : 0))
                .put((byte) 0)
                .putInt(0);
    }

    private void script(Params params) {
        String root = latin(site.root().toString());
        String base = root.equals("/") ? "" : root;
        params.pair("SCRIPT_FILENAME", base + script.name());
        params.pair("SCRIPT_NAME", script.name());
        params.pair("DOCUMENT_ROOT", root);
        params.pair("DOCUMENT_URI", script.name() + script.pathInfo());
        if (!script.pathInfo().isEmpty()) {
            params.pair("PATH_INFO", script.pathInfo());
            params.pair("PATH_TRANSLATED", base + script.pathInfo());
        }
    }

    private void request(Params params) {
        int queryStart = Math.min(head.pathEnd() + 1, head.targetEnd());
        span(params, "QUERY_STRING", head.bytes(), queryStart, head.targetEnd());
        span(params, "REQUEST_URI", head.bytes(), head.pathStart(), head.targetEnd());
        params.pair("REQUEST_METHOD", head.method());
        HeaderBlock headers = head.headers();
        params.pair("CONTENT_TYPE", headers.first(HeaderName.CONTENT_TYPE));
        boolean hasBody = bodyLength > 0 || headers.has(HeaderName.CONTENT_LENGTH);
        params.pair("CONTENT_LENGTH", hasBody ? Long.toString(bodyLength) : "");
        params.pair("SERVER_PROTOCOL", head.minor() == 1 ? "HTTP/1.1" : "HTTP/1.0");
        params.pair("GATEWAY_INTERFACE", CGI);
        params.pair("SERVER_SOFTWARE", SOFTWARE);
        params.pair("REDIRECT_STATUS", "200"); // php-cgi refuses to run without it
    }

    private void connection(Params params) {
        params.pair("REMOTE_ADDR", client.address());
        if (client.port() > 0) {
            params.pair("REMOTE_PORT", Integer.toString(client.port()));
        }
        params.pair("SERVER_ADDR", client.serverAddress());
        params.pair("SERVER_PORT", Integer.toString(client.serverPort()));
        params.pair("SERVER_NAME", withoutPort(host()));
        params.pair("REQUEST_SCHEME", client.https() ? "https" : "http");
        if (client.https()) {
            params.pair("HTTPS", "on");
        }
    }

    private String host() {
        for (Map.Entry<String, String> set : route.setHeaders().entrySet()) {
            if (set.getKey().equalsIgnoreCase("host")) {
                return set.getValue();
            }
        }
        return head.host();
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }

    private void headers(Params params) {
        HeaderBlock headers = head.headers();
        boolean anyConnection = headers.has(HeaderName.CONNECTION);
        for (int i = 0; i < headers.count(); i++) {
            if (dropped(headers, i, anyConnection) || !isFirst(i)) {
                continue;
            }
            int nameLength = headers.nameEnd(i) - headers.nameStart(i);
            params.pair("HTTP_".length() + nameLength, joinedLength(i));
            params.text("HTTP_");
            variable(headers.bytes(), headers.nameStart(i), headers.nameEnd(i), params.out());
            joined(i, params.out());
        }
    }

    private static void variable(byte[] bytes, int start, int end, ByteBuffer out) {
        for (int i = start; i < end; i++) {
            byte c = bytes[i];
            out.put(c == '-' ? (byte) '_' : c >= 'a' && c <= 'z' ? (byte) (c - 32) : c);
        }
    }

    private boolean dropped(HeaderBlock headers, int index, boolean anyConnection) {
        HeaderName name = headers.name(index);
        if (name.isHopByHop() || anyConnection && headers.isNamedInConnection(index)) {
            return true;
        }
        boolean never = switch (name) {
            case PROXY, CONTENT_LENGTH, EXPECT, X_REQUEST_ID -> true;
            case FORWARDED, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PROTO -> !client.trusted();
            default -> false;
        };
        if (never || !isVariable(headers, index)) {
            return true;
        }
        if (route.setHeaders().isEmpty() && route.removeHeaders().isEmpty()) {
            return false;
        }
        String text = headers.nameText(index);
        return route.removeHeaders().stream().anyMatch(text::equalsIgnoreCase)
                || route.setHeaders().keySet().stream().anyMatch(text::equalsIgnoreCase);
    }

    private static boolean isVariable(HeaderBlock headers, int index) {
        byte[] bytes = headers.bytes();
        for (int i = headers.nameStart(index); i < headers.nameEnd(index); i++) {
            byte c = bytes[i];
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /** Whether no earlier field has this name: one variable stands for all fields of a name. */
    private boolean isFirst(int index) {
        for (int i = 0; i < index; i++) {
            if (head.headers().sameName(i, index)) {
                return false;
            }
        }
        return true;
    }

    private int separator(int index) {
        return head.headers().name(index) == HeaderName.COOKIE
                ? ';'
                : ','; // RFC 6265 section 5.4, RFC 9110 section 5.3
    }

    private int joinedLength(int first) {
        HeaderBlock headers = head.headers();
        int length = headers.valueEnd(first) - headers.valueStart(first);
        for (int i = first + 1; i < headers.count(); i++) {
            if (headers.sameName(first, i)) {
                length += 2 + headers.valueEnd(i) - headers.valueStart(i);
            }
        }
        return length;
    }

    private void joined(int first, ByteBuffer out) {
        HeaderBlock headers = head.headers();
        headers.copyValue(first, out);
        for (int i = first + 1; i < headers.count(); i++) {
            if (headers.sameName(first, i)) {
                out.put((byte) separator(first)).put((byte) ' ');
                headers.copyValue(i, out);
            }
        }
    }

    private void setHeaders(Params params) {
        route.setHeaders()
                .forEach((name, value) ->
                        params.pair("HTTP_" + name.toUpperCase(Locale.ROOT).replace('-', '_'), value));
    }

    private static void span(Params params, String name, byte[] bytes, int start, int end) {
        params.pair(name.length(), end - start);
        params.text(name);
        params.out().put(bytes, start, end - start);
    }

    /** UTF-8 as one character per byte, the form {@link Params} writes. */
    private static String latin(String text) {
        return new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
