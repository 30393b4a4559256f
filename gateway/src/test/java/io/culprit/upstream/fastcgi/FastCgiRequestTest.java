package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Trace;
import io.culprit.http.MessageException;
import io.culprit.site.Script;
import io.culprit.tls.TlsSession;
import io.culprit.tls.TlsSession.ClientCertificate;
import io.culprit.upstream.request.RequestBody;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a script learns of a request: every variable, and whether all of it fits. */
class FastCgiRequestTest {
    private final ScriptRequest asked = new ScriptRequest();

    @Test
    void theWholeRequestOfAPlainGet() throws Exception {
        FastCgiRequest request = asked.request("GET /a/b?x=1&y", "Accept: text/html~");
        List<FastCgiRecords.One> records = ScriptRequest.records(request);
        assertEquals(
                List.of(1, 4, 4, 5),
                records.stream().map(FastCgiRecords.One::type).toList());
        assertArrayEquals(new byte[] {0, 1, 1, 0, 0, 0, 0, 0}, records.get(0).content(), "a responder, kept");
        assertEquals(0, records.get(2).content().length);
        assertEquals(0, records.get(3).content().length, "no body, but its end");
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("SCRIPT_FILENAME", "/srv/app/index.php");
        expected.put("SCRIPT_NAME", "/index.php");
        expected.put("DOCUMENT_ROOT", "/srv/app");
        expected.put("DOCUMENT_URI", "/index.php");
        expected.put("QUERY_STRING", "x=1&y");
        expected.put("REQUEST_URI", "/a/b?x=1&y");
        expected.put("REQUEST_METHOD", "GET");
        expected.put("CONTENT_TYPE", "");
        expected.put("CONTENT_LENGTH", "");
        expected.put("SERVER_PROTOCOL", "HTTP/1.1");
        expected.put("GATEWAY_INTERFACE", "CGI/1.1");
        expected.put("SERVER_SOFTWARE", "culprit");
        expected.put("REDIRECT_STATUS", "200");
        expected.put("REMOTE_ADDR", "192.0.2.7");
        expected.put("REMOTE_PORT", "4711");
        expected.put("SERVER_ADDR", "192.0.2.1");
        expected.put("SERVER_PORT", "8443");
        expected.put("SERVER_NAME", "shop.test");
        expected.put("REQUEST_SCHEME", "http");
        expected.put("HTTP_HOST", "shop.test:8443");
        expected.put("HTTP_ACCEPT", "text/html");
        expected.put("HTTP_X_REQUEST_ID", "id7");
        assertEquals(expected, ScriptRequest.variables(request));
        assertFalse(request.takesUnknownLength());
        assertArrayEquals(new byte[] {(byte) 192, 0, 2, 7}, request.clientAddress());
    }

    @Test
    void aBodyIsAnnouncedAndSentAsStdin() throws Exception {
        FastCgiRequest request = asked.request("POST /a", "Content-Type: text/plain~Content-Length: 12~");
        request.body(RequestBody.NONE, 12);
        assertEquals("12", ScriptRequest.variables(request).get("CONTENT_LENGTH"));
        assertEquals("text/plain", ScriptRequest.variables(request).get("CONTENT_TYPE"));
        assertEquals("text/plain", ScriptRequest.variables(request).get("HTTP_CONTENT_TYPE"));
        assertFalse(ScriptRequest.variables(request).containsKey("HTTP_CONTENT_LENGTH"));
        assertEquals(
                List.of(1, 4, 4),
                ScriptRequest.records(request).stream()
                        .map(FastCgiRecords.One::type)
                        .toList());
        assertFalse(request.body().isEmpty(), "the body brings its own end");
    }

    @ParameterizedTest
    @CsvSource({"Content-Length: 0~, 0, 0", "Transfer-Encoding: chunked~, 0, ''", "Transfer-Encoding: chunked~, 3, 3"})
    void theLengthIsToldWhereThereIsOne(String lines, long length, String told) throws Exception {
        FastCgiRequest request = asked.request("POST /a", lines);
        request.body(RequestBody.NONE, length);
        assertEquals(told, ScriptRequest.variables(request).get("CONTENT_LENGTH"));
        assertEquals(length == 0, request.body().isEmpty());
    }

    @Test
    void aConnectionThatIsNotKeptSaysSo() throws Exception {
        asked.keep = false;
        byte[] begin = ScriptRequest.records(asked.request("GET /", "")).get(0).content();
        assertArrayEquals(new byte[] {0, 1, 0, 0, 0, 0, 0, 0}, begin);
    }

    @Test
    void whatFollowsTheScriptIsPathInfo() throws Exception {
        asked.script = new Script("/index.php", "/a/b");
        Map<String, String> all = ScriptRequest.variables(asked.request("GET /index.php/a/b", ""));
        assertEquals("/a/b", all.get("PATH_INFO"));
        assertEquals("/srv/app/a/b", all.get("PATH_TRANSLATED"));
        assertEquals("/index.php/a/b", all.get("DOCUMENT_URI"));
        asked.root = "/";
        all = ScriptRequest.variables(asked.request("GET /index.php/a/b", ""));
        assertEquals("/index.php", all.get("SCRIPT_FILENAME"));
        assertEquals("/a/b", all.get("PATH_TRANSLATED"));
        assertEquals("/", all.get("DOCUMENT_ROOT"));
    }

    @Test
    void aHiddenPortIsNotTold() throws Exception {
        asked.port = 0;
        assertFalse(ScriptRequest.variables(asked.request("GET /", "")).containsKey("REMOTE_PORT"));
    }

    /** Under the names of mod_ssl, which applications look for. */
    @Test
    void aClientsTlsIsTold() throws Exception {
        asked.https = true;
        asked.tls = Optional.of(new TlsSession(
                "TLSv1.3",
                "TLS_AES_128_GCM_SHA256",
                "shop.test",
                false,
                "",
                Optional.of(new ClientCertificate(true, "SUCCESS", "CN=J\u00e4ger", "CN=ca", "0a", "ff"))));
        Map<String, String> all = ScriptRequest.variables(asked.request("GET /", ""));
        assertEquals("on", all.get("HTTPS"));
        assertEquals("https", all.get("REQUEST_SCHEME"));
        assertEquals("TLSv1.3", all.get("SSL_PROTOCOL"));
        assertEquals("TLS_AES_128_GCM_SHA256", all.get("SSL_CIPHER"));
        assertEquals("shop.test", all.get("SSL_TLS_SNI"));
        assertEquals("SUCCESS", all.get("SSL_CLIENT_VERIFY"));
        assertEquals("CN=J\u00e4ger", all.get("SSL_CLIENT_S_DN"));
        assertEquals("CN=ca", all.get("SSL_CLIENT_I_DN"));
        assertEquals("0a", all.get("SSL_CLIENT_M_SERIAL"));
        assertEquals("ff", all.get("SSL_CLIENT_FINGERPRINT"));
        asked.tls = Optional.of(new TlsSession("TLSv1.3", "C", "", false, "", Optional.empty()));
        all = ScriptRequest.variables(asked.request("GET /", ""));
        assertEquals("C", all.get("SSL_CIPHER"));
        assertFalse(all.containsKey("SSL_CLIENT_VERIFY"));
    }

    @Test
    void theTraceOfTheAttemptIsTold() throws Exception {
        asked.trace = Optional.of(Trace.begin(true));
        FastCgiRequest request = asked.request("GET /", "Traceparent: x~Tracestate: y~");
        request.attempt(2);
        Map<String, String> all = ScriptRequest.variables(request);
        assertEquals(
                "00-" + asked.trace.get().traceId() + "-"
                        + Trace.id(asked.trace.get().attemptSpan(2)) + "-01",
                all.get("HTTP_TRACEPARENT"));
        assertFalse(all.containsKey("HTTP_TRACESTATE"), "it is of a trace that ended here");
    }

    @Test
    void theSitesOwnParametersComeLastAndMayReplace() throws Exception {
        asked.params.put("SERVER_NAME", "n\u00e4me");
        asked.set.put("X-From", "culprit");
        Map<String, String> all = ScriptRequest.variables(asked.request("GET /", ""));
        assertEquals("n\u00e4me", all.get("SERVER_NAME"));
        assertEquals("culprit", all.get("HTTP_X_FROM"));
    }

    @Test
    void theHostThatARouteSetsIsTheServersName() throws Exception {
        asked.set.put("Host", "inner.test:81");
        Map<String, String> all = ScriptRequest.variables(asked.request("GET /", ""));
        assertEquals("inner.test", all.get("SERVER_NAME"));
        assertEquals("inner.test:81", all.get("HTTP_HOST"));
    }

    /** The longest that fits a record with its pair's two lengths, and one byte more. */
    @ParameterizedTest
    @CsvSource({
        "/, 'X-A: ', 65519, false",
        "/, 'X-A: ', 65520, true",
        "/, 'X-A: 12345678~X-B: b~x-a: ', 65509, false",
        "/, 'X-A: 12345678~X-B: b~x-a: ', 65510, true",
        "/, 'X-B: ', 0, false"
    })
    void aFieldMustFitARecord(String target, String line, int length, boolean tooBig) throws Exception {
        String lines = line + "v".repeat(length) + "~";
        if (tooBig) {
            MessageException e = assertThrows(MessageException.class, () -> asked.request("GET " + target, lines));
            assertEquals(Cause.FASTCGI_RECORD_TOO_BIG, e.failure().cause());
            assertTrue(
                    e.failure().detail().startsWith("X-A with 65528 bytes"),
                    e.failure().detail());
        } else {
            ScriptRequest.records(asked.request("GET " + target, lines));
        }
    }

    @ParameterizedTest
    @CsvSource({"65516, false", "65517, true"})
    void aTargetMustFitARecord(int length, boolean tooBig) throws Exception {
        String start = "GET /" + "t".repeat(length - 1);
        if (tooBig) {
            MessageException e = assertThrows(MessageException.class, () -> asked.request(start, ""));
            assertEquals(Cause.FASTCGI_RECORD_TOO_BIG, e.failure().cause());
        } else {
            assertEquals(
                    length,
                    ScriptRequest.variables(asked.request(start, ""))
                            .get("REQUEST_URI")
                            .length());
        }
    }
}
