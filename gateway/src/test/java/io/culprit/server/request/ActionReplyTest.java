package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.route.RouteAction;
import io.culprit.http.Field;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.reply.OwnReply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redirects and texts of routes, and requests that may go no further. */
class ActionReplyTest {
    private static RequestHead head(String line, String more) throws MessageException {
        RequestHead head = new RequestHead(8192, 100, 2000);
        String text = line + " HTTP/1.1\r\nHost: shop.test:81\r\n" + more + "\r\n";
        assertTrue(head.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        return head;
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
        "https://new.test$request_uri, /a?b=c, false, https://new.test/a?b=c",
        "https://$host$uri?$args&x, /a?b=c, false, https://shop.test/a?b=c&x",
        "$scheme://new.test/?from=$host, /, true, https://new.test/?from=shop.test",
        "$scheme://new.test/, /, false, http://new.test/",
        "/fixed, /a, false, /fixed",
        "/x?$args, /a, false, /x?",
        "/x$uri, http://shop.test:81?q, false, /x/",
        "$request_uri, http://shop.test:81?q, false, /?q",
        "$request_uri, //evil.test/a, false, /evil.test/a",
        "$uri, '/\\evil.test', false, /evil.test",
        "/$uri, //a, false, ///a"
    })
    void aRedirectIsFilledFromTheRequestAndLeadsToNoHostOfItsPath(
            String to, String target, boolean https, String location) throws MessageException {
        OwnReply reply = ActionReply.of(new RouteAction.Redirect(to, 308), head("GET " + target, ""), https);
        assertEquals(location, field(reply, "Location"));
        assertEquals(308, reply.head().status());
        assertEquals(0, reply.body().length);
        assertFalse(reply.headRequest());
    }

    @Test
    void aTextHasItsTypeAndNothingHasNone() throws MessageException {
        OwnReply text = ActionReply.of(new RouteAction.Respond(200, "\u00e9", "text/x"), head("HEAD /", ""), false);
        assertEquals("text/x", field(text, "Content-Type"));
        assertEquals(2, text.body().length, "bytes of UTF-8");
        assertTrue(text.headRequest());
        OwnReply none = ActionReply.of(new RouteAction.Respond(404, "", "text/x"), head("GET /", ""), false);
        assertEquals("", field(none, "Content-Type"));
        assertEquals(404, none.head().status());
        assertTrue(ActionReply.of(new RouteAction.Redirect("/", 301), head("HEAD /", ""), false)
                .headRequest());
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS, 'Max-Forwards: 0\r\n', 0",
        "OPTIONS, 'Max-Forwards: 3\r\n', 3",
        "OPTIONS, 'Max-Forwards: x\r\n', -1",
        "OPTIONS, 'Max-Forwards: 99999999999999999999\r\n', -1",
        "OPTIONS, '', -1",
        "GET, 'Max-Forwards: 0\r\n', -1"
    })
    void onlyOptionsCountsItsWay(String method, String more, long left) throws MessageException {
        assertEquals(left, MaxForwards.of(head(method + " /", more)));
    }

    @Test
    void theLastOnItsWayAnswers() {
        assertEquals(204, MaxForwards.last().head().status());
        assertTrue(field(MaxForwards.last(), "Allow").contains("OPTIONS"));
    }
}
