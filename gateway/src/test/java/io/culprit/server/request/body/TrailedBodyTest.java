package io.culprit.server.request.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.http.Trailers;
import io.culprit.loop.Spill;
import io.culprit.upstream.request.RequestBody;
import io.culprit.upstream.request.RequestBody.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A body with fields behind it, as one chunk: whole however little a write takes, and again when it is sent again. */
class TrailedBodyTest {
    private static final Trailers SUM = trailers("X-Sum: 1\r\n");

    private static Trailers trailers(String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.US_ASCII);
        return Trailers.of(bytes, bytes.length);
    }

    /** Of fixed text. */
    private static final class Text implements RequestBody {
        private final String text;
        private ByteBuffer left = ByteBuffer.allocate(0);
        private boolean repeatable;
        private Runnable resume;

        private Text(String text) {
            this.text = text;
            rewind();
        }

        @Override
        public boolean isEmpty() {
            return text.isEmpty();
        }

        @Override
        public boolean repeatable() {
            return repeatable;
        }

        @Override
        public void rewind() {
            left = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public Progress writeTo(Spill.Target target) throws IOException {
            if (left.hasRemaining()) {
                target.write(left);
            }
            return left.hasRemaining() ? Progress.TARGET_FULL : Progress.DONE;
        }

        @Override
        public void whenReadable(Runnable newResume) {
            resume = newResume;
        }
    }

    /** All of it, written by so many bytes at a time. */
    private static String written(TrailedBody body, int step) throws IOException {
        StringBuilder out = new StringBuilder();
        Progress progress = Progress.TARGET_FULL;
        for (int writes = 0; progress != Progress.DONE; writes++) {
            assertTrue(writes < 1000, out.toString());
            assertEquals(Progress.TARGET_FULL, progress);
            int[] room = {step};
            progress = body.writeTo(bytes -> {
                while (room[0] > 0 && bytes.hasRemaining()) {
                    out.append((char) bytes.get());
                    room[0]--;
                }
            });
        }
        return out.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 7, 1000})
    void itIsOneChunkAndItsTrailers(int step) throws IOException {
        TrailedBody body = new TrailedBody(new Text("b".repeat(18)), 18, SUM);
        String framed = "12\r\n" + "b".repeat(18) + "\r\n0\r\nX-Sum: 1\r\n\r\n";
        assertEquals(framed, written(body, step));
        body.rewind();
        assertEquals(framed, written(body, step));
    }

    /** A chunk of 0 bytes would be the last one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void anEmptyOneIsTrailersAlone(int step) throws IOException {
        TrailedBody body = new TrailedBody(new Text(""), 0, SUM);
        assertEquals("0\r\nX-Sum: 1\r\n\r\n", written(body, step));
        body.rewind();
        assertEquals("0\r\nX-Sum: 1\r\n\r\n", written(body, step));
    }

    @Test
    void itIsRepeatableAndReadableAsItsBodyIs() {
        Text text = new Text("");
        TrailedBody body = new TrailedBody(text, 0, SUM);
        assertFalse(body.isEmpty(), "its trailers are to be sent");
        assertFalse(body.repeatable());
        text.repeatable = true;
        assertTrue(body.repeatable());
        Runnable resume = () -> {};
        body.whenReadable(resume);
        assertSame(resume, text.resume);
    }
}
