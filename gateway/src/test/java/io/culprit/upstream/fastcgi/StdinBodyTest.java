package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.loop.Spill;
import io.culprit.upstream.request.RequestBody;
import io.culprit.upstream.request.RequestBody.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A body as STDIN records, whatever pieces it comes in and however little the socket takes. */
class StdinBodyTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    /** A body that is there as a whole, or of which the second half comes later. */
    private static final class Inner implements RequestBody {
        private final ByteBuffer bytes;
        private int there;
        private Runnable resume = () -> {};

        Inner(int length) {
            bytes = ByteBuffer.allocate(length);
            for (int i = 0; i < length; i++) {
                bytes.put(i, (byte) (i * 31));
            }
            there = length;
        }

        @Override
        public boolean isEmpty() {
            return bytes.capacity() == 0;
        }

        @Override
        public boolean repeatable() {
            return there == bytes.capacity();
        }

        @Override
        public void rewind() {
            bytes.rewind();
        }

        @Override
        public Progress writeTo(Spill.Target target) throws IOException {
            bytes.limit(there);
            if (bytes.hasRemaining()) {
                target.write(bytes);
            }
            if (bytes.hasRemaining()) {
                return Progress.TARGET_FULL;
            }
            return there < bytes.capacity() ? Progress.SOURCE_EMPTY : Progress.DONE;
        }

        @Override
        public void whenReadable(Runnable newResume) {
            resume = newResume;
        }
    }

    /** Takes at most so many bytes in one write. */
    private void take(ByteBuffer bytes, int most) {
        int n = Math.min(most, bytes.remaining());
        for (int i = 0; i < n; i++) {
            sent.write(bytes.get());
        }
    }

    private List<FastCgiRecords.One> records() {
        return FastCgiRecords.of(ByteBuffer.wrap(sent.toByteArray()));
    }

    private static byte[] content(List<FastCgiRecords.One> records) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        records.forEach(each -> all.writeBytes(each.content()));
        return all.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "0, '[5:0]'",
        "1, '[5:1, 5:0]'",
        "65535, '[5:65535, 5:0]'",
        "65536, '[5:65535, 5:1, 5:0]'",
        "131070, '[5:65535, 5:65535, 5:0]'"
    })
    void aRecordHolds65535Bytes(int length, String expected) throws IOException {
        Inner inner = new Inner(length);
        StdinBody body = new StdinBody(inner);
        assertFalse(body.isEmpty(), "even an empty stream has an end that must be sent");
        assertEquals(Progress.DONE, body.writeTo(bytes -> take(bytes, Integer.MAX_VALUE)));
        assertEquals(expected, records().toString());
        assertArrayEquals(inner.bytes.array(), content(records()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 8, 9, 100})
    void howeverLittleTheSocketTakesTheStreamIsTheSame(int most) throws IOException {
        Inner inner = new Inner(300);
        StdinBody body = new StdinBody(inner);
        Progress progress = Progress.TARGET_FULL;
        for (int calls = 0; progress != Progress.DONE; calls++) {
            assertEquals(Progress.TARGET_FULL, progress);
            assertTrue(calls < 1000, "it comes to its end");
            int[] left = {most};
            progress = body.writeTo(bytes -> {
                int before = bytes.remaining();
                take(bytes, left[0]);
                left[0] -= before - bytes.remaining();
            });
        }
        assertEquals("[5:300, 5:0]", records().toString());
        assertArrayEquals(inner.bytes.array(), content(records()));
    }

    @Test
    void whatComesLaterIsARecordOfItsOwnAndTheEndComesLast() throws IOException {
        Inner inner = new Inner(10);
        inner.there = 4;
        StdinBody body = new StdinBody(inner);
        assertEquals(Progress.SOURCE_EMPTY, body.writeTo(bytes -> take(bytes, 1000)));
        assertEquals("[5:4]", records().toString());
        assertFalse(body.repeatable());
        List<String> told = new ArrayList<>();
        body.whenReadable(() -> told.add("readable"));
        inner.resume.run();
        assertEquals(List.of("readable"), told);
        inner.there = 10;
        assertEquals(Progress.DONE, body.writeTo(bytes -> take(bytes, 1000)));
        assertEquals("[5:4, 5:6, 5:0]", records().toString());
        assertTrue(body.repeatable());
    }

    /** Another attempt gets the whole stream, wherever the first one broke. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 9, 20, 28, 31, 36})
    void anotherAttemptStartsOver(int brokeAt) throws IOException {
        Inner inner = new Inner(20);
        StdinBody body = new StdinBody(inner);
        int[] left = {brokeAt};
        body.writeTo(bytes -> {
            int before = bytes.remaining();
            take(bytes, left[0]);
            left[0] -= before - bytes.remaining();
        });
        assertEquals(brokeAt, sent.size());
        sent.reset();
        body.rewind();
        assertEquals(Progress.DONE, body.writeTo(bytes -> take(bytes, 1000)));
        assertEquals("[5:20, 5:0]", records().toString());
        assertArrayEquals(inner.bytes.array(), content(records()));
    }

    @Test
    void theEndIsSentOnce() throws IOException {
        StdinBody body = new StdinBody(new Inner(0));
        assertEquals(Progress.TARGET_FULL, body.writeTo(bytes -> take(bytes, 7)));
        assertEquals(Progress.DONE, body.writeTo(bytes -> take(bytes, 7)));
        assertEquals(Progress.DONE, body.writeTo(bytes -> take(bytes, 7)));
        assertEquals(8, sent.size());
    }
}
