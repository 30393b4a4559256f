package io.culprit.sim.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The same workers behind plain HTTP/1.1, for those who front other servers than PHP-FPM. */
public final class HttpConversation implements Conversation {
    private final Connection connection;
    private final PushbackInputStream in;
    private @Nullable HttpRequest request;
    private @Nullable HttpOutput output;

    public HttpConversation(Connection connection) {
        this.connection = connection;
        InputStream raw = connection.in();
        this.in = new PushbackInputStream(raw, 1);
    }

    @Override
    public boolean awaitBytes() throws IOException {
        int first = in.read();
        if (first < 0) {
            return false;
        }
        in.unread(first);
        return true;
    }

    @Override
    public Optional<ScriptRequest> request() throws IOException {
        Optional<HttpRequest> head = RequestReader.head(in);
        if (head.isEmpty()) {
            return Optional.empty();
        }
        request = head.get();
        output = new HttpOutput(connection, request.method().equals("HEAD"), request.keepAlive());
        return Optional.of(new ScriptRequest(
                request.method(),
                request.target(),
                request.path(),
                request.path(),
                request.query(),
                request.queryString(),
                request.hasBody() ? 1 : 0,
                "",
                request.keepAlive(),
                true));
    }

    @Override
    public void readBody() throws IOException {
        RequestReader.body(in, Objects.requireNonNull(request));
    }

    @Override
    public Output output() {
        return Objects.requireNonNull(output);
    }

    /** Content-Length where the whole body was written before the first flush, chunks otherwise. */
    private static final class HttpOutput implements Output {
        private final Connection connection;
        private final boolean headRequest;
        private final boolean keep;
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
        private String head = "";
        private boolean chunked;

        HttpOutput(Connection connection, boolean headRequest, boolean keep) {
            this.connection = connection;
            this.headRequest = headRequest;
            this.keep = keep;
        }

        @Override
        public void head(int status, String reason, List<String> lines) {
            head = "HTTP/1.1 " + status + " " + reason + "\r\n" + String.join("\r\n", lines) + "\r\n"
                    + (keep ? "" : "Connection: close\r\n");
        }

        @Override
        public void body(byte[] bytes, int offset, int length) {
            waiting.write(bytes, offset, length);
        }

        @Override
        public void stderr(String message) {
            System.err.println("culprit sim: " + message); // a server's own log, not the client's business
        }

        @Override
        public void flush() throws IOException {
            if (!chunked && !head.isEmpty()) {
                chunked = true;
                send(head + "Transfer-Encoding: chunked\r\n\r\n");
                head = "";
            }
            if (waiting.size() > 0 && !headRequest) {
                send(Integer.toHexString(waiting.size()) + "\r\n");
                connection.write(ByteBuffer.wrap(waiting.toByteArray()));
                send("\r\n");
            }
            waiting.reset();
        }

        @Override
        public void end() throws IOException {
            if (chunked) {
                flush();
                send(headRequest ? "" : "0\r\n\r\n");
                return;
            }
            send(head + "Content-Length: " + waiting.size() + "\r\n\r\n");
            if (!headRequest) {
                connection.write(ByteBuffer.wrap(waiting.toByteArray()));
            }
        }

        private void send(String text) throws IOException {
            connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        }

        @Override
        public void raw(byte[] bytes) throws IOException {
            connection.write(ByteBuffer.wrap(bytes));
        }
    }
}
