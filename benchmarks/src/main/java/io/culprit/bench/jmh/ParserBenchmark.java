package io.culprit.bench.jmh;

import io.culprit.failure.Failure;
import io.culprit.http.HttpResponseHead;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.ResponseHead;
import io.culprit.upstream.AttemptListener;
import io.culprit.upstream.AttemptTimer;
import io.culprit.upstream.ResponseListener;
import io.culprit.upstream.exchange.Delivery;
import io.culprit.upstream.exchange.ResponseReader;
import io.culprit.upstream.fastcgi.FastCgiResponseReader;
import io.culprit.upstream.fastcgi.PageRequest;
import io.culprit.upstream.http1.Http1ResponseReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What the bytes of a response cost to read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParserBenchmark {
    private final ByteBuffer http = direct(
            "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n"
                    + "Content-Type: text/html; charset=utf-8\r\nContent-Length: 199\r\nConnection: keep-alive\r\n"
                    + "Last-Modified: Mon, 23 Nov 2026 12:00:00 GMT\r\nETag: \"65600000-c7\"\r\nAccept-Ranges: bytes\r\n\r\n");
    private final HttpResponseHead head = new HttpResponseHead(16 * 1024, 200);
    private final ByteBuffer whole =
            direct("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n"
                    + "Content-Type: text/html; charset=utf-8\r\nContent-Length: 199\r\n\r\n" + "x".repeat(199));
    private final ByteBuffer chunked =
            direct("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + ("c8\r\n" + "x".repeat(200) + "\r\n").repeat(5) + "0\r\n\r\n");
    private final ByteBuffer request = direct(
            "GET /catalogue/item?id=4711 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
                    + "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en\r\n"
                    + "Accept-Encoding: gzip, br\r\nCookie: session=0af7651916cd43dd8448eb211c80319c\r\n\r\n");
    private final RequestHead requestHead = new RequestHead(32 * 1024, 100, 8 * 1024);
    private final ResponseReader http1 = new Http1ResponseReader(16 * 1024, 200);
    private final ByteBuffer fastcgi = ByteBuffer.wrap(records());
    private final ResponseReader reader = new FastCgiResponseReader(16 * 1024, 200, true);
    private final PageRequest page = new PageRequest("/index.php", "/var/www/html/index.php", "a=b");
    private final Delivery delivery = new Delivery();
    private final AttemptTimer timer = new AttemptTimer();
    private final Sink sink = new Sink();
    private final ByteBuffer out = ByteBuffer.allocateDirect(4096);

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static byte[] records() {
        var all = new ByteArrayOutputStream();
        record(
                all,
                6,
                "Status: 200 OK\r\nX-Powered-By: PHP/8.2\r\nContent-type: text/html; charset=UTF-8\r\n\r\n"
                        + "x".repeat(199));
        record(all, 6, "");
        record(all, 3, "\0\0\0\0\0\0\0\0");
        return all.toByteArray();
    }

    private static void record(ByteArrayOutputStream to, int type, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        to.writeBytes(new byte[] {1, (byte) type, 0, 1, (byte) (bytes.length >> 8), (byte) bytes.length, 0, 0});
        to.writeBytes(bytes);
    }

    @Benchmark
    public int responseHead() throws MessageException {
        http.rewind();
        head.reset();
        head.read(http);
        return head.status();
    }

    @Benchmark
    public int requestHead() throws MessageException {
        request.rewind();
        requestHead.reset();
        requestHead.read(request);
        return requestHead.pathEnd();
    }

    /** Head and body as a connection reads them. */
    @Benchmark
    public boolean httpResponse() throws Exception {
        return read(whole);
    }

    /** Five chunks of 200 bytes. */
    @Benchmark
    public boolean chunkedResponse() throws Exception {
        return read(chunked);
    }

    private boolean read(ByteBuffer response) throws Exception {
        response.rewind();
        delivery.begin(sink, sink, timer);
        http1.begin(page);
        return http1.consume(response, delivery);
    }

    @Benchmark
    public boolean fastCgiResponse() throws Exception {
        fastcgi.rewind();
        delivery.begin(sink, sink, timer);
        reader.begin(page);
        return reader.consume(fastcgi, delivery);
    }

    @Benchmark
    public int fastCgiRequest() {
        out.clear();
        page.encodeHead(out);
        return out.position();
    }

    /** Takes everything and does nothing. */
    private static final class Sink implements ResponseListener, AttemptListener {
        @Override
        public void interim(ResponseHead head) {}

        @Override
        public void head(ResponseHead head, long bodyLength) {}

        @Override
        public void body(ByteBuffer data) {
            data.position(data.limit());
        }

        @Override
        public boolean wantsMore() {
            return true;
        }

        @Override
        public void flush() {}

        @Override
        public boolean committed() {
            return false;
        }

        @Override
        public void discard() {}

        @Override
        public void complete(@Nullable Failure warning) {}

        @Override
        public void failed(Failure failure, String noRetry) {}

        @Override
        public void attemptComplete(@Nullable Failure warning) {}

        @Override
        public void attemptFailed(Failure failure) {}

        @Override
        public boolean refuses(int status) {
            return false;
        }
    }
}
