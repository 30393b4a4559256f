package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Trace;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The id by which client, upstream and logs know a request. */
class RequestIdsTest {
    private static RequestHead given(String id) throws MessageException {
        RequestHead head = new RequestHead(8192, 100, 2000);
        String text = "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id + "\r\n\r\n";
        assertTrue(head.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        return head;
    }

    @Test
    void whatATrustedProxyGaveIsKept() throws MessageException {
        Trace trace = Trace.begin(false);
        for (String id : new String[] {"a", "!~", "i".repeat(128), "b7ad6b71-6920-3331"}) {
            assertEquals(id, RequestIds.of(given(id), true, trace));
            assertEquals(trace.traceId(), RequestIds.of(given(id), false, trace), "strangers name nothing");
        }
    }

    /** It stands in logs, pages and headers. */
    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "a\\b", "a<b", "\u00e9", "a\tb"})
    void whatCouldDoHarmIsNot(String id) throws MessageException {
        Trace trace = Trace.begin(false);
        assertEquals(trace.traceId(), RequestIds.of(given(id), true, trace));
    }

    @Test
    void norIsALongOne() throws MessageException {
        Trace trace = Trace.begin(false);
        assertEquals(trace.traceId(), RequestIds.of(given("i".repeat(129)), true, trace));
    }

    @Test
    void aTraceThatBeganElsewhereNamesManyRequests() throws MessageException {
        Trace trace = Trace.continued("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .orElseThrow();
        assertFalse(trace.beganHere());
        String id = RequestIds.of(given(""), true, trace);
        assertTrue(id.matches("[0-9a-f]{32}"), id);
        assertNotEquals(trace.traceId(), id);
        assertNotEquals(id, RequestIds.of(given(""), true, trace));
    }
}
