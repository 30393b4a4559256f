package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.ErrorPages;
import io.culprit.config.GatewayConfig.Expose;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.http.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client is told of a failure: in which form, and how much of it. */
class FailureReplyTest {
    private static final Failure REFUSED = new Failure(
            Cause.CONNECT_REFUSED,
            "connect: \"<refused>\" & more",
            "ECONNREFUSED",
            List.of(new Evidence("listens", "nobody\non 9000")));

    private static OwnReply reply(Failure failure, int status, Expose expose, ErrorPages pages, String accept) {
        return FailureReply.of(
                new FailureReply.Spec(failure, status, "id7", expose, pages, accept, false, 5, "10.0.0.1:9000"));
    }

    private static String body(OwnReply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static String field(OwnReply reply, String name) {
        return reply.head().fields().stream()
                .filter(each -> each.name().equals(name))
                .map(Field::value)
                .findFirst()
                .orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "'', text/plain; charset=utf-8",
        "*/*, text/plain; charset=utf-8",
        "'text/html,application/xhtml+xml', text/html; charset=utf-8",
        "TEXT/HTML, text/html; charset=utf-8",
        "application/json, application/problem+json",
        "'application/problem+json, text/html', application/problem+json",
        "'text/html, application/json', application/problem+json"
    })
    void theFormIsWhatTheClientPrefers(String accept, String type) {
        OwnReply reply = reply(REFUSED, 502, Expose.FULL, ErrorPages.NONE, accept);
        assertEquals(type, field(reply, "Content-Type"));
        assertEquals("no-store", field(reply, "Cache-Control"));
        assertEquals("id7", field(reply, "X-Request-Id"));
        assertTrue(body(reply).contains("connect.refused") && body(reply).contains("id7"), body(reply));
    }

    @Test
    void fullTellsEverything() {
        String text = body(reply(REFUSED, 502, Expose.FULL, ErrorPages.NONE, ""));
        assertTrue(text.startsWith("502 Bad Gateway\ncause:      connect.refused\nphase:      connect\n"), text);
        assertTrue(text.contains("detail:     connect: \"<refused>\" & more\n"), text);
        assertTrue(text.contains("upstream:   10.0.0.1:9000\n"), text);
        assertTrue(text.contains("listens:    nobody\n            on 9000\n"), text);
        assertTrue(text.contains("fix:        "), text);
        String html = body(reply(REFUSED, 502, Expose.FULL, ErrorPages.NONE, "text/html"));
        assertTrue(html.contains("<td>connect: &quot;&lt;refused&gt;&quot; &amp; more</td>"), html);
        String json = body(reply(REFUSED, 502, Expose.FULL, ErrorPages.NONE, "application/json"));
        assertTrue(json.contains("\"detail\":\"connect: \\\"<refused>\\\" & more\""), json);
        assertTrue(json.contains("\"evidence\":{\"listens\":\"nobody\\non 9000\"}"), json);
    }

    /** Scripts read this: every member, in its place. */
    @Test
    void theWholeProblem() {
        String remedy = Cause.CONNECT_REFUSED.remedy();
        assertEquals(
                ("{'type':'about:blank','title':'Bad Gateway','status':502,'cause':'connect.refused','phase':'connect','blame':'upstream',"
                                + "'detail':'plain','upstream':'10.0.0.1:9000','remedy':'" + remedy
                                + "','evidence':{'listens':'nobody'},"
                                + "'request_id':'id7'}")
                        .replace('\'', '"'),
                body(reply(
                        new Failure(Cause.CONNECT_REFUSED, "plain", "", List.of(new Evidence("listens", "nobody"))),
                        502,
                        Expose.FULL,
                        ErrorPages.NONE,
                        "application/json")));
        assertEquals(
                "{'type':'about:blank','title':'Bad Gateway','status':502,'request_id':'id7'}".replace('\'', '"'),
                body(reply(REFUSED, 502, Expose.NONE, ErrorPages.NONE, "application/json")));
    }

    /** People read this: every row that has something to say. */
    @Test
    void theWholePage() {
        String page = body(reply(REFUSED, 502, Expose.FULL, ErrorPages.NONE, "text/html"));
        String rows = page.substring(page.indexOf("<table>"), page.indexOf("</table>"))
                .replaceAll("<tr><th scope=\"row\">|</td></tr>|<table>", "\n")
                .replace("</th><td>", "=");
        assertEquals(
                List.of("Cause", "Phase", "Blame", "Detail", "Upstream", "listens", "on 9000", "Fix", "Request id"),
                rows.lines()
                        .filter(each -> !each.isEmpty())
                        .map(each -> each.split("=")[0])
                        .toList());
        assertTrue(page.contains("<p>" + Cause.CONNECT_REFUSED.summary() + ".</p>"), page);
        assertTrue(body(reply(REFUSED, 502, Expose.NONE, ErrorPages.NONE, "text/html"))
                .contains("<p></p>"));
    }

    @ParameterizedTest
    @CsvSource({"''", "text/html", "application/json"})
    void causeTellsTheCauseAndNoneTellsNothing(String accept) {
        OwnReply cause = reply(REFUSED, 502, Expose.CAUSE, ErrorPages.NONE, accept);
        assertTrue(body(cause).contains("connect.refused"), body(cause));
        assertFalse(body(cause).contains("10.0.0.1") || body(cause).contains("nobody"), body(cause));
        assertTrue(field(cause, "Proxy-Status").contains("cause=\"connect.refused\""));
        assertFalse(field(cause, "Proxy-Status").contains("next-hop"));
        OwnReply none = reply(REFUSED, 502, Expose.NONE, ErrorPages.NONE, accept);
        assertFalse(body(none).contains("connect") || body(none).contains("upstream"), body(none));
        assertTrue(body(none).contains("id7"), body(none));
        assertEquals("", field(none, "Proxy-Status"));
    }

    @Test
    void whenToTryAgain() {
        assertEquals("5", field(reply(REFUSED, 503, Expose.NONE, ErrorPages.NONE, ""), "Retry-After"));
        assertEquals("", field(reply(REFUSED, 502, Expose.NONE, ErrorPages.NONE, ""), "Retry-After"));
        Failure limited = new Failure(
                Cause.CLIENT_RATE_LIMITED, "too many", "", List.of(new Evidence(Evidence.RETRY_AFTER, "17")));
        assertEquals("17", field(reply(limited, 429, Expose.NONE, ErrorPages.NONE, ""), "Retry-After"));
    }

    @Test
    void whatIsAllowed() {
        Failure one =
                new Failure(Cause.CLIENT_NOT_ALLOWED, "no", "", List.of(new Evidence(Evidence.ALLOW, "GET, HEAD")));
        assertEquals("GET, HEAD", field(reply(one, 405, Expose.NONE, ErrorPages.NONE, ""), "Allow"));
        Failure any = Failure.of(Cause.CLIENT_NOT_ALLOWED, "no");
        assertTrue(field(reply(any, 405, Expose.NONE, ErrorPages.NONE, ""), "Allow")
                .contains("POST"));
        assertEquals("", field(reply(any, 400, Expose.NONE, ErrorPages.NONE, ""), "Allow"));
    }

    @Test
    void anOwnPageGoesToWhoTakesNoJson() {
        ErrorPages pages = new ErrorPages(
                Map.of(502, "<p>$status $reason $cause $request_id $other costs 5$</p>"), Map.of(5, "any $status"));
        OwnReply page = reply(REFUSED, 502, Expose.CAUSE, pages, "");
        assertEquals("text/html; charset=utf-8", field(page, "Content-Type"));
        assertEquals("<p>502 Bad Gateway connect.refused id7 $other costs 5$</p>", body(page));
        ErrorPages first = new ErrorPages(Map.of(502, "$status$statusz $status"), Map.of());
        assertEquals("502$statusz 502", body(reply(REFUSED, 502, Expose.CAUSE, first, "")));
        assertEquals("any 504", body(reply(REFUSED, 504, Expose.CAUSE, pages, "")));
        assertTrue(body(reply(REFUSED, 404, Expose.CAUSE, pages, "")).startsWith("404 "));
        assertTrue(body(reply(REFUSED, 502, Expose.CAUSE, pages, "application/json"))
                .startsWith("{"));
        assertEquals("<p>502 Bad Gateway  id7 $other costs 5$</p>", body(reply(REFUSED, 502, Expose.NONE, pages, "")));
    }

    @Test
    void headsOfHeadRequestsSayWhatTheBodyWouldBe() {
        OwnReply reply = FailureReply.of(
                new FailureReply.Spec(REFUSED, 502, "id7", Expose.NONE, ErrorPages.NONE, "", true, 5, ""));
        assertTrue(reply.headRequest());
        assertTrue(reply.body().length > 0);
    }

    @Test
    void proxyStatusSaysTheNextHopAndEscapes() {
        String full = field(reply(REFUSED, 502, Expose.FULL, ErrorPages.NONE, ""), "Proxy-Status");
        assertTrue(full.startsWith("culprit;error=connection_refused;cause=\"connect.refused\""), full);
        assertTrue(full.contains(";next-hop=\"10.0.0.1:9000\""), full);
        assertTrue(full.endsWith(";details=\"connect: \\\"<refused>\\\" & more\""), full);
        assertEquals("\"a?b~ \"", ProxyStatus.quoted("a\u007fb~ "));
        assertEquals("culprit;received-status=503", ProxyStatus.relayed(503));
    }
}
