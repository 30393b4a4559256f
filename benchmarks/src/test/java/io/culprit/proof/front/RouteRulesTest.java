package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What routes do without an upstream, whom they let in, and what they change in responses. */
class RouteRulesTest {
    private Origin origin;
    private TestGateway gateway;

    @BeforeEach
    void begin() throws IOException {
        origin = new Origin();
        gateway = TestGateway.start("""
                trusted_proxies: [ "127.0.0.1" ]
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes:
                  - { match: { path: / }, upstream: app, response: { set: { X-Frame-Options: DENY }, remove: [ Date ] } }
                  - { match: { path: /old }, redirect: { to: "https://$host$request_uri", status: 308 } }
                  - { match: { path: /moved }, redirect: { to: "$scheme://new.test$uri?was=$args" } }
                  - { match: { exact: /ok }, respond: { body: "ok", content_type: text/x-ok } }
                  - { match: { path: /admin }, upstream: app, allow: [ 10.0.0.0/8 ], deny: [ 10.6.0.0/16 ] }
                  - { match: { path: /one }, upstream: app, deny: [ 10.6.0.0/16 ] }
                  - { match: { path: /one/two }, upstream: app, deny: [ 10.6.0.0/16 ] }
                  - { match: { exact: /none }, respond: { status: 204 } }
                  - { match: { path: /own }, redirect: { to: "$uri/" } }
                  - { match: { path: /secure, scheme: http }, redirect: { to: "https://$host$request_uri", status: 308 } }
                  - { match: { path: /secure }, respond: { body: "by TLS" } }
                  - { match: { path: /often }, upstream: app, rate: { requests: 1/m, burst: 2 } }
                """.formatted(origin.port()));
    }

    @AfterEach
    void end() {
        gateway.close();
        origin.close();
    }

    private RawResponse get(String target, String... headers) throws IOException {
        return gateway.send("GET " + target + " HTTP/1.1\r\nHost: a.test:80\r\nConnection: close\r\n"
                + String.join("\r\n", headers) + (headers.length > 0 ? "\r\n" : "") + "\r\n");
    }

    /** The same name and path by both schemes: a trusted proxy's word counts as the client's own TLS does. */
    @Test
    void aRouteMayAskForAScheme() throws IOException {
        RawResponse plain = get("/secure/a?b");
        assertEquals(308, plain.status());
        assertEquals("https://a.test/secure/a?b", plain.header("Location"));
        RawResponse secure = get("/secure/a?b", "X-Forwarded-Proto: https");
        assertEquals(200, secure.status());
        assertEquals("by TLS", secure.body());
    }

    @ParameterizedTest
    @CsvSource({
        "/old/a?b=c, 308, https://a.test/old/a?b=c",
        "http://a.test:80/old, 308, https://a.test/old",
        "/moved/x?y, 301, http://new.test/moved/x?was=y",
        "/own/a, 301, /own/a/",
        "//other.test/../own, 301, /other.test/../own/",
        "/\\other.test/../own, 301, /other.test/../own/"
    })
    void aRedirectFillsItsTemplate(String target, int status, String location) throws IOException {
        RawResponse response = get(target);
        assertEquals(status, response.status());
        assertEquals(location, response.header("Location"));
    }

    @Test
    void aRouteAnswersByItself() throws IOException {
        RawResponse response = get("/ok");
        assertEquals(200, response.status());
        assertEquals("ok", response.body());
        assertEquals("text/x-ok", response.header("Content-Type"));
    }

    @Test
    void aStatusWithoutABodyIsTheEndOfItsResponse() throws IOException {
        String text = gateway.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\nGET /ok HTTP/1.1\r\nHost: a\r\n"
                        + "Connection: close\r\n\r\n")
                .text();
        assertTrue(text.startsWith("HTTP/1.1 204 ") && !text.split("\r\n\r\n")[0].contains("Content-Length"), text);
        assertTrue(text.contains("\r\n\r\nHTTP/1.1 200 "), text);
    }

    @ParameterizedTest
    @CsvSource({
        "'{ status: 204, body: x }', a response of status 204 has no body",
        "'{ status: 304, body: x }', a response of status 304 has no body",
        "'{ content_type: \"a\\r\\nb\" }', has a character no header may have"
    })
    void whatNoResponseCanBeIsRefused(String respond, String problem) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> TestGateway.start("routes: [ { respond: %s } ]".formatted(respond)));
        assertTrue(refused.getMessage().contains(problem), refused.getMessage());
    }

    @Test
    void responsesAreChangedWhoeverMakesThem() throws IOException {
        assertEquals("DENY", get("/head").header("X-Frame-Options"));
        assertEquals("", get("/head").header("Date"));
        RawResponse torn = gateway.send("GET /head HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n");
        assertEquals(413, torn.status());
        assertEquals("DENY", torn.header("X-Frame-Options"));
    }

    @ParameterizedTest
    @CsvSource({
        "/admin/x, 10.1.2.3, 200, ''",
        "/admin/x, 10.6.2.3, 403, route.denied",
        "/admin/x, 192.0.2.1, 403, route.denied",
        "/%61dmin/x, 192.0.2.1, 403, route.denied",
        "/x/..%2fadmin, 192.0.2.1, 403, route.denied",
        "/x/..\\admin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/..;a=b/admin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/%2e%2e;/admin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/..%5cadmin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/..%252fadmin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/..;%2fq/%61dmin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/%2e%2e;%2fq/admin, 192.0.2.1, 403, client.ambiguous-path",
        "/x\\..\\..\\admin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/..;/..;/admin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/..%5c..%5cadmin, 192.0.2.1, 403, client.ambiguous-path",
        "/x/..%252f..%252fadmin, 192.0.2.1, 403, client.ambiguous-path",
        "/admin//../x, 192.0.2.1, 403, client.ambiguous-path",
        "/admin/../x, 192.0.2.1, 403, client.ambiguous-path",
        "/admin%5c..%5c..%5cx, 192.0.2.1, 403, client.ambiguous-path",
        "/a//b/../c%20d, 192.0.2.1, 200, ''",
        "/one/two;v=1, 192.0.2.1, 200, ''",
        "/x;y=z, 192.0.2.1, 200, ''"
    })
    void nobodyComesPastAllowAndDeny(String target, String client, int status, String cause) throws IOException {
        RawResponse response = get(target, "X-Forwarded-For: " + client);
        assertEquals(status, response.status(), target);
        assertEquals(cause, response.cause(), target);
    }

    @Test
    void aNetworkThatAsksTooOftenIsToldWhenToComeAgain() throws IOException {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(get("/often", "X-Forwarded-For: 192.0.2.1").status());
        }
        assertEquals(List.of(200, 200, 200, 429), statuses);
        RawResponse refused = get("/often", "X-Forwarded-For: 192.0.2.1");
        assertEquals("client.rate-limited", refused.cause());
        assertTrue(Integer.parseInt(refused.header("Retry-After")) > 30, refused.text());
        assertEquals(200, get("/often", "X-Forwarded-For: 192.0.2.2").status());
        assertEquals(200, get("/often", "X-Forwarded-For: 2001:db8::1").status());
        assertEquals(200, get("/often", "X-Forwarded-For: 2001:db8::2").status());
        assertEquals(200, get("/often", "X-Forwarded-For: 2001:db8::3").status());
        assertEquals(429, get("/often", "X-Forwarded-For: 2001:db8::4").status()); // the same /64
    }
}
