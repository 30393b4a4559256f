package io.culprit.files;

import io.culprit.files.ByteRanges.Kind;
import io.culprit.files.ByteRanges.Range;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.reply.Ascii;
import io.culprit.reply.ClientResponse;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.HttpDate;
import io.culprit.reply.ReplyHead;
import io.culprit.site.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One file on its way to the client: conditions, then the whole of it, a part, or several parts as multipart/byteranges. Small
 * files leave with the head in one write, larger ones by sendfile. Owned by one IO thread; {@link #release} must be called in
 * the end.
 */
public final class FileReply {
    /** Up to this size a file is copied behind its head: cheaper than a second system call. */
    private static final long COPY_LIMIT = 16 * 1024;

    private final IoLoop loop;
    private final ClientResponse client;
    private final OpenFile file;
    private final RequestHead request;
    private final HeadChanges changes;
    private final String etag;
    private final String type;
    private List<Range> parts = List.of();
    private String boundary = "";
    private int next;
    private int status;
    private boolean ended;

    /**
     * @param file closed by {@link #release}
     * @param changes what the route changes in heads
     */
    public FileReply(IoLoop loop, ClientResponse client, OpenFile file, RequestHead request, HeadChanges changes) {
        this.loop = loop;
        this.client = client;
        this.file = file;
        this.request = request;
        this.changes = changes;
        this.etag = "\"" + Long.toHexString(file.modifiedSeconds()) + "-" + Long.toHexString(file.size())
                + (file.encoding().isEmpty() ? "" : "-" + file.encoding()) + "\"";
        this.type = MediaTypes.of(file.name());
    }

    /** The status, 0 before {@link #start}. */
    public int status() {
        return status;
    }

    /**
     * Sends head and body as far as the client takes them; whoever hears that the client has taken it calls {@link #proceed}.
     *
     * @throws IOException when the file cannot be read
     */
    public void start() throws IOException {
        HeaderBlock headers = request.headers();
        switch (Preconditions.of(headers, etag, file.modifiedSeconds())) {
            case FAILED -> empty(412);
            case NOT_MODIFIED -> empty(304);
            case PROCEED -> {
                ByteRanges wanted = request.method().equals("GET")
                                && Preconditions.rangeHolds(headers, etag, file.modifiedSeconds())
                        ? ByteRanges.of(headers.first(HeaderName.RANGE), file.size())
                        : ByteRanges.of("", file.size());
                send(wanted);
            }
        }
    }

    private void send(ByteRanges wanted) throws IOException {
        if (wanted.kind() == Kind.UNSATISFIABLE) {
            empty(416);
        } else if (wanted.kind() == Kind.WHOLE) {
            body(200, new Range(0, file.size() - 1), "");
        } else if (wanted.ranges().size() == 1) {
            Range only = wanted.ranges().get(0);
            body(206, only, contentRange(only));
        } else {
            parts = wanted.ranges();
            boundary = "%016x%016x"
                    .formatted(
                            ThreadLocalRandom.current().nextLong(),
                            ThreadLocalRandom.current().nextLong());
            long length = 0;
            for (int i = 0; i < parts.size(); i++) {
                length += partHead(i).length() + parts.get(i).length();
            }
            head(206, length + end().length(), "multipart/byteranges; boundary=" + boundary, "");
            proceed();
        }
    }

    private void body(int code, Range range, String contentRange) throws IOException {
        head(code, range.length(), type, contentRange);
        ended = true;
        if (!request.method().equals("HEAD")) {
            content(range);
        } else {
            client.flush();
        }
    }

    private void content(Range range) throws IOException {
        if (range.length() > COPY_LIMIT) {
            client.file(file.channel(), range.first(), range.last() + 1);
            return;
        }
        ByteBuffer window = loop.readBuffer().limit((int) range.length());
        while (window.hasRemaining()) {
            if (file.channel().read(window, range.first() + window.position()) < 0) {
                throw new EOFException("the file became shorter while it was sent");
            }
        }
        client.body(window.flip());
        client.flush();
    }

    /**
     * Goes on with the next part once what came before it has left.
     *
     * @throws IOException when the file cannot be read
     */
    public void proceed() throws IOException {
        // the first part goes out with the head, which is still staged
        while (!ended && (next == 0 || client.idle())) {
            if (next == parts.size()) {
                ended = true;
                client.body(ByteBuffer.wrap(Ascii.bytes(end())));
                client.flush();
            } else {
                Range part = parts.get(next);
                client.body(ByteBuffer.wrap(Ascii.bytes(partHead(next++))));
                content(part);
            }
        }
    }

    /** Whether all of it was given to the client. */
    public boolean complete() {
        return ended;
    }

    private String partHead(int index) {
        return (index == 0 ? "" : "\r\n") + "--" + boundary + "\r\nContent-Type: " + type + "\r\nContent-Range: "
                + contentRange(parts.get(index)) + "\r\n\r\n";
    }

    private String end() {
        return "\r\n--" + boundary + "--\r\n";
    }

    private String contentRange(Range range) {
        return "bytes " + range.first() + "-" + range.last() + "/" + file.size();
    }

    /** An answer without content: 304 has no length, the others have one of zero. */
    private void empty(int code) throws IOException {
        head(code, code == 304 ? -1 : 0, "", code == 416 ? "bytes */" + file.size() : "");
        ended = true;
        client.flush();
    }

    private void head(int code, long length, String contentType, String contentRange) throws IOException {
        status = code;
        ReplyHead head = new ReplyHead(code);
        if (!contentType.isEmpty()) {
            head.with("Content-Type", contentType);
        }
        if (!contentRange.isEmpty()) {
            head.with("Content-Range", contentRange);
        }
        head.with("Last-Modified", HttpDate.of(file.modifiedSeconds()))
                .with("ETag", etag)
                .with("Accept-Ranges", "bytes");
        if (!file.encoding().isEmpty()) {
            head.with("Content-Encoding", file.encoding());
        }
        if (file.varies()) {
            head.with("Vary", "Accept-Encoding");
        }
        client.head(head.changed(changes), length, request.method().equals("HEAD"));
    }

    /** Closes the file. Idempotent. */
    public void release() {
        file.close();
    }
}
