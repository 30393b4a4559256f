package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The wire documents, whole and split at every byte. */
class WireTest {
    static List<WireFixture> responses() {
        return WireFixture.read("responses.md");
    }

    static List<WireFixture> requests() {
        return WireFixture.read("requests.md");
    }

    @Test
    void theDocumentsAreRead() {
        assertTrue(responses().size() > 30);
        assertTrue(requests().size() > 35);
    }

    @ParameterizedTest
    @MethodSource("responses")
    void response(WireFixture fixture) {
        everySplit(
                fixture,
                () -> new HttpResponseHead(400, 4),
                head -> "status=%d length=%d chunked=%s keepalive=%s headers=%d"
                        .formatted(
                                head.status(),
                                head.contentLength(),
                                head.chunked(),
                                head.keepAlive(),
                                head.headers().count()));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void request(WireFixture fixture) {
        everySplit(
                fixture,
                () -> new RequestHead(400, 4, 100),
                head -> "method=%s path=%s target=%s host=%s length=%d keepalive=%s"
                        .formatted(
                                head.method(),
                                head.path(),
                                head.target(),
                                head.host(),
                                head.bodyLength(),
                                head.keepAlive()));
    }

    private static <H extends HeadReader> void everySplit(
            WireFixture fixture, java.util.function.Supplier<H> reader, Function<H, String> describe) {
        H reused = reader.get();
        for (int split = 0; split < fixture.bytes().length; split++) {
            assertEquals(fixture.expected(), read(reader.get(), fixture.bytes(), split, describe), "split at " + split);
            assertEquals(
                    fixture.expected(), read(reused, fixture.bytes(), split, describe), "reused, split at " + split);
        }
    }

    private static <H extends HeadReader> String read(H head, byte[] bytes, int split, Function<H, String> describe) {
        head.reset();
        ByteBuffer first = ByteBuffer.wrap(bytes, 0, split);
        ByteBuffer second = ByteBuffer.wrap(bytes, split, bytes.length - split);
        try {
            if (!head.read(first) && !head.read(second)) {
                return "incomplete";
            }
            return describe.apply(head);
        } catch (MessageException e) {
            assertTrue(!e.failure().detail().isBlank());
            return e.failure().cause().id();
        }
    }

    @Test
    void bytesBehindTheHeadStayInTheBuffer() throws Exception {
        var head = new HttpResponseHead(4096, 10);
        ByteBuffer in = ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes());
        assertTrue(head.read(in));
        assertEquals(5, in.remaining());
    }

    @Test
    void namesInConnectionAreRecognised() throws Exception {
        var head = new HttpResponseHead(4096, 10);
        head.read(ByteBuffer.wrap(
                "HTTP/1.1 200 OK\r\nConnection: X-Secret , close\r\nx-secret: 1\r\nY: 2\r\n\r\n".getBytes()));
        assertTrue(head.headers().isNamedInConnection(1));
        assertTrue(!head.headers().isNamedInConnection(2));
    }
}
