package io.culprit.http;

import io.culprit.failure.Cause;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Strict incremental reader of chunked framing (RFC 9112 section 7.1). It hands out payload in place: after
 * {@link #next} returned n &gt; 0, the n bytes at the buffer's position are payload, and the caller moves the position
 * over what it took and reports it with {@link #consumed}. Line ends must be CRLF: a bare LF here is how requests are
 * smuggled. Owned by one IO thread.
 */
public final class ChunkedDecoder {
    /** {@link #next}: all bytes were taken and the body goes on. */
    public static final int NEED_MORE = 0;

    /** {@link #next}: the body is complete; what remains in the buffer belongs to the next message. */
    public static final int END = -1;

    private static final byte[] NO_BYTES = {};

    private enum State {
        SIZE_START,
        SIZE,
        SPACE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        LAST_LF,
        DONE
    }

    private final int maxExtension;
    private final int maxTrailer;
    private final Cause badChunk;
    private final Cause badTrailer;
    private State state = State.SIZE_START;
    private long remaining;
    private int digits;
    private int extension;
    private int trailer;
    private int nameLength;
    private long offset;
    private byte[] trailers = NO_BYTES;
    private int trailersLength;

    /**
     * @param maxExtension bytes of extensions and white space allowed behind one chunk size
     * @param maxTrailer bytes of trailer section allowed
     * @param badChunk cause to report for malformed framing
     * @param badTrailer cause to report for a malformed or too large trailer section
     */
    public ChunkedDecoder(int maxExtension, int maxTrailer, Cause badChunk, Cause badTrailer) {
        this.maxExtension = maxExtension;
        this.maxTrailer = maxTrailer;
        this.badChunk = badChunk;
        this.badTrailer = badTrailer;
    }

    public void reset() {
        state = State.SIZE_START;
        remaining = 0;
        digits = 0;
        extension = 0;
        trailer = 0;
        offset = 0;
        trailers = NO_BYTES;
        trailersLength = 0;
    }

    /** What follows the body, once it is {@link #done}. */
    public Trailers trailers() {
        return trailersLength == 0 ? Trailers.NONE : Trailers.of(trailers, trailersLength);
    }

    /** Bytes that keeping them takes, until {@link #reset}. */
    public int held() {
        return trailers.length;
    }

    public boolean done() {
        return state == State.DONE;
    }

    /** Bytes of the framed body read so far, framing included. */
    public long offset() {
        return offset;
    }

    /** Says that the caller took {@code n} payload bytes and moved the buffer's position over them. */
    public void consumed(int n) {
        remaining -= n;
        offset += n;
        if (remaining == 0) {
            state = State.DATA_CR;
        }
    }

    /**
     * Reads framing up to the next payload.
     *
     * @return number of payload bytes at the buffer's position, {@link #NEED_MORE} or {@link #END}
     * @throws MessageException when the framing is malformed; names the byte and its offset in the framed body
     */
    public int next(ByteBuffer in) throws MessageException {
        while (true) {
            if (state == State.DATA) {
                return (int) Math.min(remaining, in.remaining());
            }
            if (state == State.DONE) {
                return END;
            }
            if (!in.hasRemaining()) {
                return NEED_MORE;
            }
            byte b = in.get();
            step(b);
            if (state.ordinal() >= State.TRAILER_NAME.ordinal() && state.ordinal() <= State.TRAILER_LF.ordinal()
                    || state == State.TRAILER_START && trailersLength > 0) {
                keep(b);
            }
            offset++;
        }
    }

    /**
     * Takes the framing out of a buffer in place, from its position on, and leaves the position behind what it read: what
     * remains after {@link #done} belongs to the next message.
     *
     * @return end of the payload, which begins where the position was
     * @throws MessageException as {@link #next}
     */
    public int unwrap(ByteBuffer bytes) throws MessageException {
        int end = bytes.position();
        int n = next(bytes);
        while (n > 0) {
            bytes.put(end, bytes, bytes.position(), n);
            bytes.position(bytes.position() + n);
            end += n;
            consumed(n);
            n = next(bytes);
        }
        return end;
    }

    private void step(byte b) throws MessageException {
        switch (state) {
            case SIZE_START, SIZE -> size(b);
            case SPACE -> {
                if (b == ';') {
                    state = State.EXTENSION;
                } else if (b == '\r') {
                    state = State.SIZE_LF;
                } else if (b != ' ' && b != '\t' || ++extension > maxExtension) {
                    throw bad(badChunk, "behind a chunk size", b);
                }
            }
            case EXTENSION -> {
                if (b == '\r') {
                    state = State.SIZE_LF;
                } else if (!Grammar.isFieldByte(b)) {
                    throw bad(badChunk, "in a chunk extension", b);
                } else if (++extension > maxExtension) {
                    throw new MessageException(
                            badChunk, "the extensions of one chunk exceed %d bytes".formatted(maxExtension));
                }
            }
            case SIZE_LF -> {
                expect(b, '\n', "after a chunk size");
                state = remaining == 0 ? State.TRAILER_START : State.DATA;
            }
            case DATA_CR -> {
                expect(b, '\r', "after chunk data");
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                expect(b, '\n', "after chunk data");
                state = State.SIZE_START;
                digits = 0;
                extension = 0;
            }
            case TRAILER_START -> {
                if (b == '\r') {
                    state = State.LAST_LF;
                } else {
                    nameLength = 0;
                    state = State.TRAILER_NAME;
                    trailerName(b);
                }
            }
            case TRAILER_NAME -> trailerName(b);
            case TRAILER_VALUE -> {
                countTrailer();
                if (b == '\r') {
                    state = State.TRAILER_LF;
                } else if (!Grammar.isFieldByte(b)) {
                    throw bad(badTrailer, "in a trailer value", b);
                }
            }
            case TRAILER_LF -> {
                if (b != '\n') {
                    throw bad(badTrailer, "after a trailer line", b);
                }
                state = State.TRAILER_START;
            }
            case LAST_LF -> {
                expect(b, '\n', "at the end of the body");
                state = State.DONE;
            }
            case DATA, DONE -> throw new IllegalStateException("no framing byte is due in state " + state);
        }
    }

    private void size(byte b) throws MessageException {
        int digit = Grammar.hex(b);
        if (digit >= 0) {
            if (++digits > 13) {
                throw new MessageException(
                        badChunk, "a chunk size of more than 13 digits at offset %d".formatted(offset));
            }
            remaining = state == State.SIZE_START ? digit : remaining * 16 + digit;
            state = State.SIZE;
        } else if (state == State.SIZE && b == '\r') {
            state = State.SIZE_LF;
        } else if (state == State.SIZE && (b == ';' || b == ' ' || b == '\t')) {
            state = b == ';' ? State.EXTENSION : State.SPACE;
            extension++;
        } else {
            throw bad(badChunk, "where a chunk size was due", b);
        }
    }

    private void trailerName(byte b) throws MessageException {
        countTrailer();
        if (b == ':' && nameLength > 0) {
            state = State.TRAILER_VALUE;
        } else if (Grammar.isToken(b)) {
            nameLength++;
        } else {
            throw bad(badTrailer, "in a trailer name", b);
        }
    }

    private void keep(byte b) {
        if (trailersLength == trailers.length) {
            trailers = Arrays.copyOf(trailers, Math.max(256, 2 * trailersLength));
        }
        trailers[trailersLength++] = b;
    }

    private void countTrailer() throws MessageException {
        if (++trailer > maxTrailer) {
            throw new MessageException(badTrailer, "the trailer section exceeds %d bytes".formatted(maxTrailer));
        }
    }

    private void expect(byte b, char wanted, String where) throws MessageException {
        if (b != wanted) {
            throw bad(badChunk, where, b);
        }
    }

    private MessageException bad(Cause cause, String where, byte b) {
        return new MessageException(cause, "byte 0x%02x at offset %d %s".formatted(b & 0xff, offset, where));
    }
}
