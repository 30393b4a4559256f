package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.FastCgiConfig.Links;
import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import io.culprit.failure.Trace;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.site.Script;
import io.culprit.tls.TlsSession;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes requests to a script, of which a test changes what it is about. */
final class ScriptRequest {
    String root = "/srv/app";
    Script script = new Script("/index.php", "");
    final Map<String, String> params = new LinkedHashMap<>();
    final Map<String, String> set = new LinkedHashMap<>();
    List<String> removed = List.of();
    boolean https;
    boolean trusted;
    int port = 4711;
    Optional<TlsSession> tls = Optional.empty();
    Optional<Trace> trace = Optional.empty();
    boolean keep = true;

    private static RequestHead head(String start, String lines) throws MessageException {
        RequestHead head = new RequestHead(300_000, 300, 100_000);
        head.reset();
        String text = start + " HTTP/1.1\r\nHost: shop.test:8443\r\n" + lines.replace("~", "\r\n") + "\r\n";
        assertTrue(head.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        return head;
    }

    /** @param lines of the head, each with a tilde behind it */
    FastCgiRequest request(String start, String lines) throws MessageException {
        FastCgiConfig site = new FastCgiConfig(
                Path.of(root),
                "index.php",
                false,
                List.of(".php"),
                "",
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                0,
                Links.OWNER,
                false,
                params);
        RouteConfig route = new RouteConfig("r", "", PathKind.PATH, "/", List.of(), "app", "", null, set, removed);
        byte[] address = {(byte) 192, 0, 2, 7};
        FastCgiRequest.Client client = new FastCgiRequest.Client(
                "192.0.2.7", address, port, "192.0.2.1", 8443, https, trusted, "HTTP/1.1", tls);
        return new FastCgiRequest(head(start, lines), route, site, script, client, "id7", keep, trace);
    }

    /** All records of the head, which must fit the bound that the request has named itself. */
    static List<FastCgiRecords.One> records(FastCgiRequest request) {
        ByteBuffer out = ByteBuffer.allocate(request.headBound());
        request.encodeHead(out);
        return FastCgiRecords.of(out.flip());
    }

    static Map<String, String> variables(FastCgiRequest request) {
        Map<String, String> all = new LinkedHashMap<>();
        records(request).stream()
                .filter(each -> each.type() == FastCgi.PARAMS)
                .forEach(each -> all.putAll(FastCgiRecords.pairs(each)));
        return all;
    }
}
