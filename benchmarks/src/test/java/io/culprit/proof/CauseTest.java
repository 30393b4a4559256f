package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Dechunk;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulated upstream's faults, each named as what it is. */
class CauseTest {
    private static HttpUpstream sim;
    private static TestGateway gateway;
    private static TestGateway holding;

    @BeforeAll
    static void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        gateway = TestGateway.before(sim.port(), "timeouts: { connect: 1s, send: 1s, read: 1s }");
        holding = TestGateway.before(
                sim.port(), "timeouts: { connect: 1s, send: 1s, read: 1s }, buffering: { hold: 16KiB }");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        holding.close();
        sim.close();
    }

    @ParameterizedTest
    @CsvSource({
        "fault=close&at=accept, 502, head.closed",
        "fault=close&at=request, 502, head.closed",
        "fault=close&at=status, 502, head.truncated",
        "fault=close&at=head, 502, head.truncated",
        "fault=head-unfinished, 502, head.truncated",
        "fault=reset&at=request, 502, head.reset",
        "fault=reset&at=status, 502, head.reset",
        "fault=reset&at=head, 502, head.reset",
        "fault=stall&at=request, 504, head.timeout",
        "fault=stall&at=head, 504, head.timeout",
        "fault=drip&every=50ms, 504, head.timeout",
        "fault=garbage, 502, head.not-http",
        "fault=tls-alert, 502, head.not-http",
        "fault=http09, 502, head.not-http",
        "fault=status-1000, 502, head.bad-status",
        "fault=status-099, 502, head.bad-status",
        "fault=version-2, 502, head.bad-version",
        "fault=header-no-colon, 502, head.bad-header",
        "fault=header-nul, 502, head.bad-header",
        "fault=big-head, 502, head.too-big",
        "fault=big-head&count=300, 502, head.too-many",
        "fault=length-differ, 502, head.bad-length",
        "fault=length-abc, 502, head.bad-length",
        "fault=length-and-chunked, 502, head.conflicting-framing",
        "fault=coding-unknown, 502, head.bad-transfer-coding",
        "fault=interim&count=60, 502, head.too-many-interim",
        "fault=switch-protocols, 502, head.unrequested-upgrade"
    })
    void failureBeforeTheHeadIsNamedInTheReply(String query, int status, String cause) throws IOException {
        RawResponse response = gateway.get("/?" + query);
        assertEquals(cause, response.cause(), response.text());
        assertEquals(status, response.status());
        assertEquals("no-store", response.header("Cache-Control"));
        assertTrue(response.whole(false));
        Outcome outcome = gateway.failureOf("/?" + query);
        assertEquals(cause, outcome.failure().cause().id());
        assertEquals(Outcome.Ending.FAILED, outcome.ending());
        assertFalse(outcome.noRetry().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "fault=close&at=body&delay=20ms, body.truncated",
        "fault=close&at=body&after=0&delay=20ms, body.truncated",
        "fault=reset&at=body, body.reset",
        "fault=reset&at=chunk, body.reset",
        "fault=close&at=chunk, body.truncated",
        "fault=stall&at=body, body.timeout",
        "fault=stall&at=chunk, body.timeout"
    })
    void failureBehindTheHeadTearsTheConnection(String query, String cause) throws IOException {
        RawResponse response = gateway.get("/?" + query);
        assertEquals(200, response.status(), response.text());
        assertFalse(response.whole(false), "the client must see that the response broke off");
        Outcome outcome = gateway.failureOf("/?" + query);
        assertEquals(cause, outcome.failure().cause().id());
        assertTrue(outcome.committed());
        assertEquals("the response had already begun", outcome.noRetry());
    }

    @ParameterizedTest
    @CsvSource({
        "fault=close&at=body&delay=20ms, 502, body.truncated",
        "fault=reset&at=body, 502, body.reset",
        "fault=stall&at=body, 504, body.timeout",
        "fault=stall&at=chunk, 504, body.timeout",
        "fault=chunk-bad-size, 502, body.bad-chunk",
        "fault=chunk-bad-second, 502, body.bad-chunk",
        "fault=chunk-missing-crlf, 502, body.bad-chunk",
        "fault=trailer-bad, 502, body.bad-trailer"
    })
    void heldBackItIsAnHonestFailure(String query, int status, String cause) throws IOException {
        RawResponse response = holding.get("/?" + query);
        assertEquals(cause, response.cause(), response.text());
        assertEquals(status, response.status());
    }

    @ParameterizedTest
    @CsvSource({
        "size=0",
        "size=100",
        "size=16384",
        "size=16385",
        "size=200000",
        "size=100&framing=chunked",
        "size=200000&framing=chunked",
        "size=100&framing=close",
        "size=200000&framing=close"
    })
    void heldBackWholeResponsesPassUnchanged(String query) throws IOException {
        RawResponse direct = RawResponse.exchange(
                sim.port(), "GET /?" + query + "&framing=length HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        for (TestGateway each : new TestGateway[] {gateway, holding}) {
            RawResponse response = each.get("/?" + query);
            assertTrue(response.whole(false), response.head());
            assertEquals(direct.body().length(), Dechunk.body(response).length());
            assertEquals(direct.body(), Dechunk.body(response));
        }
    }

    @Test
    void excessBytesAreAWarningOnADeliveredResponse() throws IOException {
        RawResponse response = gateway.get("/?fault=excess");
        assertEquals("hello", response.body());
        Outcome outcome = gateway.failureOf("/?fault=excess");
        assertEquals(Outcome.Ending.DELIVERED, outcome.ending());
        assertEquals("body.excess", outcome.failure().cause().id());
    }

    @Test
    void anErrorOfTheUpstreamIsRelayedAndSaidToBeIts() throws IOException {
        RawResponse response = gateway.get("/?status=503&header=Proxy-Status:%20inner;error=dns_error");
        assertEquals(503, response.status());
        assertTrue(response.head().contains("Proxy-Status: inner;error=dns_error\r\n"));
        assertTrue(response.head().indexOf("Proxy-Status: culprit;received-status=503\r\n")
                > response.head().indexOf("inner;"));
    }

    @Test
    void refusedConnectionIsNamed() throws IOException {
        try (TestGateway refused = TestGateway.before(1, "")) {
            RawResponse response = refused.get("/");
            assertEquals("connect.refused", response.cause());
            assertEquals("ECONNREFUSED", refused.failureOf("/").failure().errno());
        }
    }

    @Test
    void hintsArePassedOnAnd100IsNot() throws IOException {
        assertTrue(gateway.get("/?fault=interim&status=103").text().startsWith("HTTP/1.1 103 Early Hints\r\nLink: "));
        assertTrue(gateway.get("/?fault=interim&status=100").text().startsWith("HTTP/1.1 200"));
    }

    @Test
    void theReplySpeaksTheClientsLanguage() throws IOException {
        String request = "GET /?fault=close HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAccept: %s\r\n\r\n";
        assertTrue(gateway.send(request.formatted("application/json")).body().contains("\"cause\":\"head.closed\""));
        assertEquals(
                "application/problem+json",
                gateway.send(request.formatted("application/json")).header("Content-Type"));
        assertTrue(gateway.send(request.formatted("text/html,*/*")).body().startsWith("<!doctype html>"));
        assertTrue(gateway.send(request.formatted("*/*")).body().contains("cause:      head.closed"));
        RawResponse head = gateway.send("HEAD /?fault=close HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
        assertEquals("", head.body());
        assertFalse(head.header("Content-Length").equals("0"));
    }
}
