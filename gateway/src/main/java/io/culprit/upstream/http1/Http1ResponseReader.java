package io.culprit.upstream.http1;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.http.ChunkedDecoder;
import io.culprit.http.HeaderName;
import io.culprit.http.HttpResponseHead;
import io.culprit.http.MessageException;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.upstream.exchange.Delivery;
import io.culprit.upstream.exchange.GivenUpException;
import io.culprit.upstream.exchange.ListenerException;
import io.culprit.upstream.exchange.ResponseReader;
import io.culprit.upstream.request.UpstreamRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Reads HTTP/1 responses (RFC 9112): the head, then the body by whichever framing the head announced. */
public final class Http1ResponseReader implements ResponseReader {
    /** Interim responses taken before the upstream is said to be broken. */
    static final int MAX_INTERIM = 50;

    private static final int MAX_EXTENSION = 4096;

    private enum Framing {
        HEAD,
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        SWITCHED
    }

    private final HttpResponseHead head;
    private final ChunkedDecoder chunks =
            new ChunkedDecoder(MAX_EXTENSION, Trailers.MOST, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
    private Framing framing = Framing.HEAD;
    private boolean headRequest;
    private boolean upgrades;
    private boolean keepAlive;
    private long length;
    private long received;
    private int interim;

    /**
     * @param headLimit bytes a response head may have
     * @param headerLimit header lines it may have
     */
    public Http1ResponseReader(int headLimit, int headerLimit) {
        head = new HttpResponseHead(headLimit, headerLimit);
    }

    @Override
    public void begin(UpstreamRequest request) {
        head.reset();
        framing = Framing.HEAD;
        headRequest = request.method().equals("HEAD");
        upgrades = request.upgrades();
        keepAlive = false;
        received = 0;
        interim = 0;
    }

    @Override
    public int held() {
        return head.held();
    }

    @Override
    public void rest() {
        head.shrink();
    }

    @Override
    public boolean inHead() {
        return framing == Framing.HEAD;
    }

    @Override
    public Optional<ResponseHead> switched() {
        return framing == Framing.SWITCHED ? Optional.of(head) : Optional.empty();
    }

    @Override
    public boolean untouched() {
        return inHead() && !head.started() && interim == 0;
    }

    @Override
    public int headBytes() {
        return head.length();
    }

    @Override
    public String beside() {
        return interim == 0 ? "" : Text.count(interim, "interim response");
    }

    @Override
    public boolean endsWithConnection() {
        return framing == Framing.UNTIL_CLOSE;
    }

    @Override
    public boolean whole() {
        return false; // HTTP/1 has no end beside the one the head announces
    }

    @Override
    public long announcedIdleNanos() {
        int index = head.headers().indexOf(HeaderName.KEEP_ALIVE, 0);
        return index < 0 ? NOT_ANNOUNCED : timeoutNanos(head.headers().valueText(index));
    }

    /** {@code timeout=5, max=100}: RFC 2068's parameter, which servers still send. */
    private static long timeoutNanos(String value) {
        for (String part : value.split(",")) {
            String text = part.trim();
            if (text.regionMatches(true, 0, "timeout=", 0, 8)
                    && text.substring(8).matches("[0-9]{1,6}")) {
                return Long.parseLong(text.substring(8)) * 1_000_000_000L;
            }
        }
        return NOT_ANNOUNCED;
    }

    @Override
    public boolean reusable() {
        return keepAlive && framing != Framing.UNTIL_CLOSE;
    }

    @Override
    public String bodyProgress() {
        return switch (framing) {
            case LENGTH -> "%d of %d bytes of the body".formatted(received, length);
            case CHUNKED -> "%d bytes of a chunked body that has no end yet".formatted(received);
            case UNTIL_CLOSE -> "%d bytes of a body that ends with the connection".formatted(received);
            case HEAD, NONE, SWITCHED -> "%d bytes".formatted(received);
        };
    }

    @Override
    public Cause truncated() {
        return Cause.BODY_TRUNCATED;
    }

    @Override
    public Optional<Failure> warning() {
        return Optional.empty();
    }

    @Override
    public String stderr() {
        return "";
    }

    @Override
    public List<Evidence> evidence() {
        return List.of();
    }

    @Override
    public boolean consume(ByteBuffer in, Delivery to) throws MessageException, ListenerException, GivenUpException {
        while (framing == Framing.HEAD) {
            if (!head.read(in)) {
                return false;
            }
            headComplete(to);
        }
        return body(in, to);
    }

    private void headComplete(Delivery to) throws MessageException, ListenerException, GivenUpException {
        if (head.isInterim()) {
            interimComplete(to);
            return;
        }
        keepAlive = head.keepAlive();
        if (headRequest || !head.mayHaveBody()) {
            framing = Framing.NONE;
            length = 0;
        } else if (head.chunked()) {
            framing = Framing.CHUNKED;
            length = -1;
            chunks.reset();
        } else if (head.contentLength() >= 0) {
            framing = Framing.LENGTH;
            length = head.contentLength();
        } else {
            framing = Framing.UNTIL_CLOSE;
            length = -1;
        }
        to.head(head, length);
    }

    private void interimComplete(Delivery to) throws MessageException, ListenerException {
        int status = head.status();
        if (status == 101 && upgrades) {
            framing = Framing.SWITCHED;
            return;
        }
        if (status == 101) {
            throw new MessageException(Failure.of(
                    Cause.HEAD_UNREQUESTED_UPGRADE, "101 Switching Protocols although no upgrade was requested"));
        }
        if (++interim > MAX_INTERIM) {
            throw new MessageException(
                    Failure.of(Cause.HEAD_TOO_MANY_INTERIM, "more than %d interim responses".formatted(MAX_INTERIM)));
        }
        // 100 was settled between the client and this gateway, the others are the client's (RFC 9110 section 15.2).
        if (status > 101) {
            to.interim(head);
        }
        head.reset();
    }

    private boolean body(ByteBuffer in, Delivery to) throws MessageException, ListenerException {
        return switch (framing) {
            case NONE, SWITCHED -> true;
            case LENGTH -> {
                pass(in, (int) Math.min(in.remaining(), length - received), to);
                yield received == length;
            }
            case UNTIL_CLOSE -> {
                pass(in, in.remaining(), to);
                yield false;
            }
            case CHUNKED -> chunked(in, to);
            case HEAD -> throw new IllegalStateException("no body before the head");
        };
    }

    private boolean chunked(ByteBuffer in, Delivery to) throws MessageException, ListenerException {
        while (true) {
            int n = chunks.next(in);
            if (n == ChunkedDecoder.END) {
                to.trailers(chunks.trailers());
                return true;
            }
            if (n == ChunkedDecoder.NEED_MORE) {
                return false;
            }
            pass(in, n, to);
            chunks.consumed(n);
        }
    }

    private void pass(ByteBuffer in, int n, Delivery to) throws ListenerException {
        to.body(in, n);
        received += n;
    }
}
