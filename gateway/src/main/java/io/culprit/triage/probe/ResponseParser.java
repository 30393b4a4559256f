package io.culprit.triage.probe;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.http.ChunkedDecoder;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HttpResponseHead;
import io.culprit.http.MessageException;
import io.culprit.http.Trailers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the response to a GET with {@code Connection: close} as the gateway reads an upstream's (RFC 9112), and says by the same
 * causes what is wrong with it. What came before it went wrong is kept. One response per object; one thread.
 */
final class ResponseParser {
    /** More than any gateway takes; what is larger is too big for all of them. */
    static final int HEAD_LIMIT = 64 * 1024;

    private static final int HEADER_LIMIT = 1000;
    private static final int INTERIM_LIMIT = 50;
    private static final int EXTENSION_LIMIT = 4096;

    private enum Framing {
        HEAD,
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final HttpResponseHead head = new HttpResponseHead(HEAD_LIMIT, HEADER_LIMIT);
    private final ChunkedDecoder chunks =
            new ChunkedDecoder(EXTENSION_LIMIT, Trailers.MOST, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Framing framing = Framing.HEAD;
    private Optional<Answer> answer = Optional.empty();
    private long length;
    private long received;
    private int interim;

    /**
     * Takes what has come.
     *
     * @return whether the response is at its end
     * @throws MessageException when it breaks the grammar, its framing or a limit
     */
    boolean take(ByteBuffer in) throws MessageException {
        while (framing == Framing.HEAD) {
            if (!head.read(in)) {
                return false;
            }
            headComplete();
        }
        boolean whole = body(in);
        if (whole && in.hasRemaining()) {
            throw new MessageException(Failure.of(
                    Cause.BODY_EXCESS, "%d bytes more than the response announced".formatted(in.remaining())));
        }
        return whole;
    }

    private void headComplete() throws MessageException {
        if (head.status() == 101) {
            throw new MessageException(Failure.of(
                    Cause.HEAD_UNREQUESTED_UPGRADE, "101 Switching Protocols although no upgrade was requested"));
        }
        if (head.isInterim()) {
            if (++interim > INTERIM_LIMIT) {
                throw new MessageException(Failure.of(
                        Cause.HEAD_TOO_MANY_INTERIM, "more than %d interim responses".formatted(INTERIM_LIMIT)));
            }
            head.reset();
            return;
        }
        answer = Optional.of(fields());
        length = head.contentLength();
        if (!head.mayHaveBody()) {
            framing = Framing.NONE;
        } else if (head.chunked()) {
            framing = Framing.CHUNKED;
            chunks.reset();
        } else {
            framing = length >= 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
        }
    }

    private Answer fields() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        HeaderBlock block = head.headers();
        for (int i = 0; i < block.count(); i++) {
            headers.computeIfAbsent(block.nameText(i).toLowerCase(Locale.ROOT), n -> new ArrayList<>())
                    .add(block.valueText(i));
        }
        int start = head.reasonStart();
        String reason =
                new String(head.bytes(), start, Math.max(0, head.reasonEnd() - start), StandardCharsets.ISO_8859_1);
        return new Answer(head.status(), reason.strip(), headers, new byte[0]);
    }

    private boolean body(ByteBuffer in) throws MessageException {
        return switch (framing) {
            case LENGTH -> {
                pass(in, (int) Math.min(in.remaining(), length - received));
                yield received == length;
            }
            case UNTIL_CLOSE -> {
                pass(in, in.remaining());
                yield false;
            }
            case CHUNKED -> chunked(in);
            case NONE, HEAD -> true;
        };
    }

    private boolean chunked(ByteBuffer in) throws MessageException {
        while (true) {
            int n = chunks.next(in);
            if (n == ChunkedDecoder.END || n == ChunkedDecoder.NEED_MORE) {
                return n == ChunkedDecoder.END;
            }
            pass(in, n);
            chunks.consumed(n);
        }
    }

    private void pass(ByteBuffer in, int n) {
        int kept = Math.min(n, Answer.MOST - body.size());
        body.write(in.array(), in.arrayOffset() + in.position(), kept);
        in.position(in.position() + n);
        received += n;
    }

    /** Whether the head has come; its interim responses are none. */
    boolean headed() {
        return framing != Framing.HEAD;
    }

    /** Bytes of the body so far, its framing left out. */
    long received() {
        return received;
    }

    /** The answer as far as it came; empty before its head is complete. */
    Optional<Answer> answer() {
        return answer.map(a -> a.with(body.toByteArray()));
    }

    /** What it means that the connection ended here, in an orderly way or by a reset; empty where a response may end so. */
    Optional<Failure> ended(boolean reset) {
        String how = reset ? "reset" : "closed";
        if (framing == Framing.HEAD) {
            boolean nothing = !head.started() && interim == 0;
            Cause cause = reset ? Cause.HEAD_RESET : head.started() ? Cause.HEAD_TRUNCATED : Cause.HEAD_CLOSED;
            return Optional.of(Failure.of(cause, how + (nothing ? " before an answer" : soFar())));
        }
        if (framing == Framing.NONE || framing == Framing.UNTIL_CLOSE && !reset) {
            return Optional.empty();
        }
        return Optional.of(
                Failure.of(reset ? Cause.BODY_RESET : Cause.BODY_TRUNCATED, "%s after %s".formatted(how, progress())));
    }

    /** Where it is: {@code 20 of 50 bytes of the body}. */
    String progress() {
        return switch (framing) {
            case HEAD -> soFar().strip();
            case LENGTH -> "%d of %d bytes of the body".formatted(received, length);
            case CHUNKED -> "%d bytes of a chunked body that has no end yet".formatted(received);
            case UNTIL_CLOSE, NONE -> "%d bytes of the body".formatted(received);
        };
    }

    private String soFar() {
        String before = interim == 0 ? "" : " after " + Text.count(interim, "interim response");
        return before + (head.started() ? " in the head, after %d bytes of it".formatted(head.length()) : "");
    }
}
