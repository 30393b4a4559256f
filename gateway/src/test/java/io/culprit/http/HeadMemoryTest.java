package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The memory of heads: an idle connection has none, a usual head takes a pooled piece, a large one is not kept. */
class HeadMemoryTest {
    private static final int SPANS = HeadPool.LINES * HeaderBlock.STRIDE;

    private final HeadPool pool = new HeadPool();
    private final RequestHead head = new RequestHead(8000, 500, 2000, pool);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String request(String fields) {
        return "GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
    }

    private void read(String fields) throws MessageException {
        assertTrue(head.read(bytes(request(fields))));
    }

    @Test
    void thePoolGivesBackWhatItWasGiven() {
        byte[] bytes = pool.takeBytes();
        int[] spans = pool.takeSpans();
        assertEquals(HeadPool.BYTES, bytes.length);
        assertEquals(SPANS, spans.length);
        pool.give(bytes, spans);
        assertSame(bytes, pool.takeBytes());
        assertSame(spans, pool.takeSpans());
        assertNotSame(bytes, pool.takeBytes());
        assertNotSame(spans, pool.takeSpans());
    }

    @Test
    void thePoolKeepsNoOtherSizes() {
        pool.give(new byte[HeadPool.BYTES + 1], new int[SPANS + 1]);
        pool.give(new byte[HeadPool.BYTES - 1], new int[SPANS - 1]);
        assertEquals(HeadPool.BYTES, pool.takeBytes().length);
        assertEquals(SPANS, pool.takeSpans().length);
    }

    @Test
    void thePoolKeeps256AndNoMore() {
        byte[] lastBytes = {};
        int[] lastSpans = {};
        for (int i = 0; i < 256; i++) {
            lastBytes = new byte[HeadPool.BYTES];
            lastSpans = new int[SPANS];
            pool.give(lastBytes, lastSpans);
        }
        pool.give(new byte[HeadPool.BYTES], new int[SPANS]);
        assertSame(lastBytes, pool.takeBytes());
        assertSame(lastSpans, pool.takeSpans());
    }

    @Test
    void aReleasedHeadLeavesItsMemoryToTheNext() throws MessageException {
        assertEquals(0, head.bytes().length);
        read("");
        byte[] used = head.bytes();
        assertEquals(HeadPool.BYTES, used.length);
        assertTrue(head.complete());
        head.release();
        assertEquals(0, head.bytes().length);
        assertFalse(head.started());
        assertFalse(head.complete());
        assertEquals(0, head.length());
        assertEquals(0, head.headers().count());
        RequestHead next = new RequestHead(8000, 500, 2000, pool);
        assertTrue(next.read(bytes(request("A: 1\r\n"))));
        assertSame(used, next.bytes());
        assertEquals("1", next.headers().valueText(1));
        read("");
        assertNotSame(used, head.bytes());
    }

    @Test
    void releasingTwiceGivesNothingTwice() throws MessageException {
        read("");
        head.release();
        head.release();
        assertNotSame(pool.takeBytes(), pool.takeBytes());
        assertEquals(SPANS, pool.takeSpans().length);
    }

    @Test
    void aUsualHeadIsKeptWhenItShrinks() throws MessageException {
        read("A: 1\r\n");
        byte[] used = head.bytes();
        assertEquals(0, head.held());
        head.shrink();
        assertSame(used, head.bytes());
        assertFalse(head.started());
        assertEquals(0, head.headers().count());
        read("");
        assertSame(used, head.bytes());
    }

    @Test
    void aHeadOfExactlyOnePieceHoldsNothingBeyondIt() throws MessageException {
        int rest = HeadPool.BYTES - request("A: \r\n").length();
        read("A: " + "v".repeat(rest) + "\r\n");
        assertEquals(HeadPool.BYTES, head.length());
        assertEquals(0, head.held());
    }

    @Test
    void aLargeHeadGrowsByHalfAndIsLetGo() throws MessageException {
        int rest = HeadPool.BYTES - request("A: \r\n").length();
        read("A: " + "v".repeat(rest + 1) + "\r\n");
        assertEquals(HeadPool.BYTES / 2, head.held());
        assertSame(head.bytes(), head.headers().bytes());
        assertEquals(rest + 1, head.headers().valueText(1).length());
        head.shrink();
        assertEquals(0, head.held());
        assertEquals(0, head.bytes().length);
        read("");
        assertEquals(HeadPool.BYTES, head.bytes().length);
    }

    @Test
    void whatIsBehindTheHeadTakesNoMoreThanItsPiece() throws MessageException {
        ByteBuffer in = bytes(request("A: 1\r\n") + "b".repeat(5000));
        assertTrue(head.read(in));
        assertEquals(5000, in.remaining());
        assertEquals(0, head.held());
    }

    @Test
    void aHeadThatComesInManyPiecesIsWhole() throws MessageException {
        String value = "v".repeat(3000);
        String text = request("A: " + value + "\r\nB: 2\r\n");
        for (int at = 0; at < text.length() - 700; at += 700) {
            assertFalse(head.read(bytes(text.substring(at, at + 700))));
            assertEquals(at + 700, head.length());
        }
        assertTrue(head.read(bytes(text.substring(text.length() / 700 * 700))));
        assertEquals(text.length(), head.length());
        assertEquals(value, head.headers().valueText(1));
        assertEquals("2", head.headers().valueText(2));
    }

    @Test
    void moreLinesThanAPieceHoldsAreKept() throws MessageException {
        StringBuilder fields = new StringBuilder();
        for (int i = 1; i < HeadPool.LINES; i++) {
            fields.append("F").append(i).append(":").append(i).append("\r\n");
        }
        read(fields.toString());
        assertEquals(HeadPool.LINES, head.headers().count());
        assertEquals(0, head.held());
        head.release();
        fields.append("F32:32\r\n");
        read(fields.toString());
        assertEquals(HeadPool.LINES / 2 * HeaderBlock.STRIDE * Integer.BYTES, head.held());
        assertEquals("x", head.headers().valueText(0));
        for (int i = 1; i <= HeadPool.LINES; i++) {
            assertEquals("F" + i, head.headers().nameText(i));
            assertEquals("" + i, head.headers().valueText(i));
        }
        head.release();
        assertEquals(0, head.held());
        assertEquals(SPANS, pool.takeSpans().length);
    }
}
