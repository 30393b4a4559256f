package io.culprit.upstream.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.culprit.http.RequestHead;
import io.culprit.loop.Spill;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What requests of clients have in common, whichever protocol they leave in. */
class HeadedRequestTest {
    private static final RequestBody BODY = new RequestBody() {
        @Override
        public boolean isEmpty() {
            return false;
        }

        @Override
        public boolean repeatable() {
            return false;
        }

        @Override
        public void rewind() {}

        @Override
        public Progress writeTo(Spill.Target target) {
            return Progress.DONE;
        }

        @Override
        public void whenReadable(Runnable resume) {}
    };

    private static HeadedRequest request(String method) throws Exception {
        RequestHead head = new RequestHead(400, 4, 100);
        head.read(ByteBuffer.wrap((method + " / HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
        return new HeadedRequest(head, "r7") {
            @Override
            public boolean takesUnknownLength() {
                return true;
            }

            @Override
            public int headBound() {
                return 0;
            }

            @Override
            public void encodeHead(ByteBuffer out) {}

            @Override
            public byte[] clientAddress() {
                return new byte[4];
            }
        };
    }

    @Test
    void itIsWhatTheClientsHeadSays() throws Exception {
        HeadedRequest request = request("PATCH");
        assertEquals("PATCH", request.method());
        assertEquals("r7", request.id());
        assertEquals(false, request.upgrades());
        assertEquals(true, request.clientRoute().isEmpty());
    }

    @Test
    void theFirstAttemptHasNoBodyUntilOneIsGiven() throws Exception {
        HeadedRequest request = request("PUT");
        assertEquals(1, request.attempt());
        assertSame(RequestBody.NONE, request.body());
        assertEquals(0, request.bodyLength());
        request.body(BODY, 12);
        request.attempt(2);
        assertEquals(2, request.attempt());
        assertSame(BODY, request.body());
        assertEquals(12, request.bodyLength());
    }
}
