package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.culprit.failure.Trace;
import io.culprit.site.Script;
import io.culprit.tls.TlsSession;
import io.culprit.tls.TlsSession.ClientCertificate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which header fields a script sees, and as what; and that however much there is of anything has room. */
class HeaderVariablesTest {
    private final ScriptRequest asked = new ScriptRequest();

    /** Those that came from the client's lines, sorted. */
    private String seen(String lines) throws Exception {
        Map<String, String> all = new TreeMap<>(ScriptRequest.variables(asked.request("GET /", lines)));
        all.keySet().removeIf(name -> !name.startsWith("HTTP_"));
        all.remove("HTTP_HOST");
        all.remove("HTTP_X_REQUEST_ID");
        return all.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X-Az09: 1~                                            | {HTTP_X_AZ09=1}
            az-AZ: 1~                                             | {HTTP_AZ_AZ=1}
            X-A: 1~x-a: 2~X-B: 3~X-A: 4~                          | {HTTP_X_A=1, 2, 4, HTTP_X_B=3}
            Cookie: a=1~Cookie: b=2~                              | {HTTP_COOKIE=a=1; b=2}
            Proxy: http://evil.test~                              | {}
            Content-Length: 0~                                    | {}
            Expect: 100-continue~                                 | {}
            X-Request-Id: mine~                                   | {}
            X_Y: 1~X.Y: 2~X!: 3~                                  | {}
            Connection: X-B, close~X-B: 1~X-A: 2~                 | {HTTP_X_A=2}
            Keep-Alive: 5~TE: gzip~Upgrade: h2c~                  | {}
            Forwarded: for=1.1.1.1~X-Forwarded-For: 1.1.1.1~X-Forwarded-Host: h~X-Forwarded-Port: 1~X-Forwarded-Proto: https~ | {}
            X-SSL-Client-Verify: SUCCESS~SSL-Client-Cert: x~      | {}
            Traceparent: 1~Tracestate: 2~                         | {HTTP_TRACEPARENT=1, HTTP_TRACESTATE=2}
            """)
    void whatAStrangerMayAndMayNotSay(String lines, String variables) throws Exception {
        assertEquals(variables, seen(lines));
    }

    @Test
    void aTrustedProxysClaimsArePassedOn() throws Exception {
        asked.trusted = true;
        assertEquals(
                "{HTTP_FORWARDED=for=1.1.1.1, HTTP_X_FORWARDED_FOR=1.1.1.1, HTTP_X_FORWARDED_HOST=h, "
                        + "HTTP_X_FORWARDED_PORT=1, HTTP_X_FORWARDED_PROTO=https, HTTP_X_SSL_CLIENT_VERIFY=SUCCESS}",
                seen("Forwarded: for=1.1.1.1~X-Forwarded-For: 1.1.1.1~X-Forwarded-Host: h~X-Forwarded-Port: 1~"
                        + "X-Forwarded-Proto: https~X-SSL-Client-Verify: SUCCESS~Proxy: p~"));
    }

    @Test
    void whatTheRouteRemovesOrSetsIsNotTheClients() throws Exception {
        asked.removed = List.of("x-gone");
        assertEquals("{HTTP_X_KEPT=1}", seen("X-Gone: 1~X-Kept: 1~"));
        asked.removed = List.of();
        asked.set.put("X-Set-Too", "ours");
        assertEquals("{HTTP_X_KEPT=1, HTTP_X_SET_TOO=ours}", seen("x-set-too: theirs~X-Kept: 1~"));
        byte[] all = ScriptRequest.records(asked.request("GET /", "x-set-too: theirs~"))
                .get(1)
                .content();
        assertFalse(new String(all, StandardCharsets.ISO_8859_1).contains("theirs"), "not even before ours");
        asked.removed = List.of("x-gone");
        assertEquals("{HTTP_X_SET_TOO=ours}", seen("x-set-too: theirs~X-Gone: 1~"));
    }

    /** A trace that goes on has a state of its own; one that begins here must not have that of another. */
    @Test
    void theStateOfAContinuedTraceIsPassedOn() throws Exception {
        Trace ours = Trace.continued("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .orElseThrow();
        asked.trace = Optional.of(ours);
        String parent = "00-" + ours.traceId() + "-" + Trace.id(ours.attemptSpan(1)) + "-01";
        assertEquals(
                "{HTTP_TRACEPARENT=" + parent + ", HTTP_TRACESTATE=a=b}", seen("Traceparent: theirs~Tracestate: a=b~"));
    }

    /** Room is asked for once, before anything is written: it must do for whatever there is much of. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "target",
                "query",
                "fields",
                "long fields",
                "type",
                "root",
                "script",
                "path info",
                "set name",
                "set value",
                "sets",
                "params",
                "param value",
                "param name",
                "subject",
                "issuer",
                "verify",
                "server name",
                "records"
            })
    void whateverThereIsMuchOfHasRoom(String what) throws Exception {
        String much = "m".repeat(5000);
        String target = "/";
        StringBuilder lines = new StringBuilder();
        switch (what) {
            case "target" -> target += much;
            case "query" -> target += "?" + much;
            case "fields" -> {
                for (int i = 0; i < 250; i++) {
                    lines.append((char) ('a' + i % 26))
                            .append((char) ('a' + i / 26))
                            .append(":~");
                }
            }
            case "long fields" ->
                lines.append("X-A: ").append(much).append("~X-B: ").append(much).append('~');
            case "type" -> lines.append("Content-Type: ").append(much).append('~');
            case "root" -> asked.root = "/" + much;
            case "script" -> asked.script = new Script("/" + much, "");
            case "path info" -> asked.script = new Script("/a.php", "/" + much);
            case "set name" -> asked.set.put(much, "");
            case "set value" -> asked.set.put("X-A", much);
            case "sets" -> {
                for (int i = 0; i < 500; i++) {
                    asked.set.put("X" + i, "");
                }
            }
            case "params" -> {
                for (int i = 0; i < 500; i++) {
                    asked.params.put("X" + i, "");
                }
            }
            case "param value" -> asked.params.put("X-A", much);
            case "param name" -> asked.params.put(much, "");
            case "subject" -> certificate("", "\u20ac".repeat(5000), "");
            case "issuer" -> certificate("", "", "\u20ac".repeat(5000));
            case "verify" -> certificate("FAILED:" + much, "", "");
            case "server name" ->
                asked.tls = Optional.of(new TlsSession("TLSv1.3", "C", much, false, "", Optional.empty()));
            default -> {
                for (int i = 0; i < 4; i++) {
                    lines.append("X-")
                            .append(i)
                            .append(": ")
                            .append("m".repeat(60_000))
                            .append('~');
                }
            }
        }
        FastCgiRequest request = asked.request("GET " + target, lines.toString());
        Map<String, String> all = ScriptRequest.variables(request); // it does not overflow
        assertEquals("id7", all.get("HTTP_X_REQUEST_ID"));
    }

    private void certificate(String verify, String subject, String issuer) {
        asked.tls = Optional.of(new TlsSession(
                "TLSv1.3",
                "TLS_AES_128_GCM_SHA256",
                "",
                false,
                "",
                Optional.of(new ClientCertificate(true, verify, subject, issuer, "0a", "f".repeat(64)))));
    }
}
