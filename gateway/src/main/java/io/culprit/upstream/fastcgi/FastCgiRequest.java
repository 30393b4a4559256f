package io.culprit.upstream.fastcgi;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.route.RouteConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Trace;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.HostField;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.site.Script;
import io.culprit.tls.TlsSession;
import io.culprit.tls.TlsSession.ClientCertificate;
import io.culprit.upstream.request.HeadedRequest;
import io.culprit.upstream.request.RequestBody;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * A client's request as a FastCGI application gets it: BEGIN_REQUEST, then the meta-variables of CGI 1.1 (RFC 3875
 * section 4) under the names of nginx's {@code fastcgi_params}, then the header fields as {@code HTTP_*}. Owned by one
 * IO thread.
 */
public final class FastCgiRequest extends HeadedRequest {
    private static final int BEGIN_LENGTH = 16;
    private static final String TRACEPARENT = "HTTP_TRACEPARENT";
    private static final String CGI = "CGI/1.1";
    private static final String SOFTWARE = "culprit";

    private final RouteConfig route;
    private final FastCgiConfig site;
    private final Script script;
    private final Client client;
    private final boolean keepConnection;
    private final HeaderVariables headers;
    private final Optional<Trace> trace;

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
     * @param protocol of the request, such as {@code HTTP/2.0}
     * @param tls what the client's TLS handshake with us agreed on, empty for a plain connection
     */
    public record Client(
            String address,
            byte[] addressBytes,
            int port,
            String serverAddress,
            int serverPort,
            boolean https,
            boolean trusted,
            String protocol,
            Optional<TlsSession> tls) {}

    /**
     * @param keepConnection whether the connection may be kept afterwards
     * @param trace what the application is told of the trace, empty for nothing of ours
     * @throws MessageException with {@code fastcgi.record-too-big} when a header does not fit a record
     */
    public FastCgiRequest(
            RequestHead head,
            RouteConfig route,
            FastCgiConfig site,
            Script script,
            Client client,
            String requestId,
            boolean keepConnection,
            Optional<Trace> trace)
            throws MessageException {
        super(head, requestId);
        this.route = route;
        this.site = site;
        this.script = script;
        this.client = client;
        this.keepConnection = keepConnection;
        this.trace = trace;
        this.headers = new HeaderVariables(head.headers(), route, client.trusted(), trace);
        checkSizes();
    }

    private void checkSizes() throws MessageException {
        HeaderBlock fields = head.headers();
        for (int i = 0; i < fields.count(); i++) {
            if (headers.isFirst(i)) {
                checkSize(fields.nameText(i), headers.size(i));
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
        super.body(length == 0 ? RequestBody.NONE : new StdinBody(newBody), length);
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
        size += client.tls().map(FastCgiRequest::tlsBound).orElse(0);
        return size + size / FastCgi.LONGEST * FastCgi.HEADER;
    }

    @Override
    public void encodeHead(ByteBuffer out) {
        begin(out);
        Params params = new Params(out);
        script(params);
        request(params);
        connection(params);
        headers.write(params);
        params.pair("HTTP_X_REQUEST_ID", id());
        if (trace.isPresent()) {
            params.pair(TRACEPARENT.length(), Trace.LENGTH);
            params.text(TRACEPARENT);
            trace.get().encode(attempt(), params.out());
        }
        site.params().forEach((name, value) -> params.pair(name, latin(value)));
        params.end();
        if (body().isEmpty()) {
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
        params.pair("CONTENT_TYPE", head.headers().first(HeaderName.CONTENT_TYPE));
        boolean hasBody = bodyLength() > 0 || head.headers().has(HeaderName.CONTENT_LENGTH);
        params.pair("CONTENT_LENGTH", hasBody ? Long.toString(bodyLength()) : "");
        params.pair("SERVER_PROTOCOL", client.protocol());
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
        params.pair("SERVER_NAME", HostField.withoutPort(route.hostOr(head.host())));
        params.pair("REQUEST_SCHEME", client.https() ? "https" : "http");
        if (client.https()) {
            params.pair("HTTPS", "on");
        }
        client.tls().ifPresent(tls -> tls(params, tls));
    }

    /** Under the names of Apache's mod_ssl. */
    private static void tls(Params params, TlsSession tls) {
        params.pair("SSL_PROTOCOL", tls.version());
        params.pair("SSL_CIPHER", tls.cipher());
        params.pair("SSL_TLS_SNI", tls.name());
        if (tls.certificate().isPresent()) {
            ClientCertificate certificate = tls.certificate().get();
            params.pair("SSL_CLIENT_VERIFY", certificate.verify());
            params.pair("SSL_CLIENT_S_DN", latin(certificate.subject()));
            params.pair("SSL_CLIENT_I_DN", latin(certificate.issuer()));
            params.pair("SSL_CLIENT_M_SERIAL", certificate.serial());
            params.pair("SSL_CLIENT_FINGERPRINT", certificate.fingerprint());
        }
    }

    private static int tlsBound(TlsSession tls) {
        int size = 256 + tls.name().length();
        if (tls.certificate().isPresent()) {
            ClientCertificate certificate = tls.certificate().get();
            size += 512
                    + certificate.verify().length()
                    + 4 * (certificate.subject().length() + certificate.issuer().length());
        }
        return size;
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
