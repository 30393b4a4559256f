package io.culprit.http;

import io.culprit.failure.Cause;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Collects the lines of a message head from bytes that may arrive split anywhere, and hands each complete line to the
 * subclass. Any split gives the same result: lines are judged only when complete, bytes beyond the limit are never
 * looked at, and what the early look at a start line refuses is refused in a complete one too. A bare LF ends a line as
 * CRLF does; a CR anywhere else is refused. Reused from head to head; owned by one IO thread.
 */
abstract class HeadReader {
    /** Copied at once: larger than nearly every head, small enough not to copy much of a body for nothing. */
    private static final int STEP = HeadPool.BYTES;

    private static final byte[] NO_BYTES = {};

    protected byte[] bytes = NO_BYTES;
    protected final HeaderBlock headers = new HeaderBlock();
    private final int maxBytes;
    private final int maxHeaders;
    private final HeadPool pool;
    private int length;
    private int lineStart;
    private boolean startLineSeen;
    private boolean complete;

    HeadReader(int maxBytes, int maxHeaders) {
        this(maxBytes, maxHeaders, new HeadPool());
    }

    /**
     * @param pool where memory comes from, and goes with {@link #release}; of the thread that owns this reader
     */
    HeadReader(int maxBytes, int maxHeaders, HeadPool pool) {
        this.maxBytes = maxBytes;
        this.maxHeaders = maxHeaders;
        this.pool = pool;
    }

    /** Forgets the head and gives its memory back, which the next head takes anew. */
    public final void release() {
        if (bytes.length > 0) {
            pool.give(bytes, headers.release());
            bytes = NO_BYTES;
        }
        reset();
    }

    /** Forgets the last head, and memory beyond that of a pooled one. */
    public final void shrink() {
        if (held() > 0) {
            release();
        } else {
            reset();
        }
    }

    /** Forgets the last head; call before the first byte of the next. */
    public void reset() {
        length = 0;
        lineStart = 0;
        startLineSeen = !hasStartLine();
        complete = false;
        headers.reset(bytes);
    }

    /** True once any byte of the head has arrived. */
    public boolean started() {
        return length > 0;
    }

    /** Whether all that has come are line ends before the start line. */
    protected final boolean onlyLineEnds() {
        return !startLineSeen && lineEnd(lineStart, length) == lineStart;
    }

    public final boolean complete() {
        return complete;
    }

    /** Bytes of memory beyond those of a pooled head; 0 for nearly every head. */
    public final int held() {
        return Math.max(0, bytes.length - HeadPool.BYTES) + headers.held();
    }

    /** Bytes of the head read so far, the empty line included once it is complete. */
    public final int length() {
        return length;
    }

    public final HeaderBlock headers() {
        return headers;
    }

    public final byte[] bytes() {
        return bytes;
    }

    /**
     * Takes bytes from {@code source} up to and including the empty line that ends the head.
     *
     * @return true when the head is complete; the position of {@code source} is then just behind it
     * @throws MessageException when the head breaks the grammar or a limit
     */
    public final boolean read(ByteBuffer source) throws MessageException {
        while (source.hasRemaining()) {
            int scan = length;
            int taken = Math.min(Math.min(source.remaining(), STEP), maxBytes - length);
            if (taken == 0) {
                throw tooBig();
            }
            ensure(length + taken);
            source.get(bytes, length, taken);
            length += taken;
            for (scan = Words.lineFeed(bytes, scan, length);
                    scan < length;
                    scan = Words.lineFeed(bytes, scan + 1, length)) {
                if (line(scan)) {
                    int end = scan + 1;
                    source.position(source.position() - (length - end));
                    length = end;
                    complete = true;
                    finish();
                    return true;
                }
            }
            if (!startLineSeen) {
                int end = lineEnd(lineStart, length);
                if (end > lineStart) {
                    checkStart(lineStart, end);
                }
            }
        }
        return false;
    }

    /** Whether a start line comes before the header lines; a CGI response has none (RFC 3875 section 6). */
    protected boolean hasStartLine() {
        return true;
    }

    /**
     * Early look at an incomplete start line {@code bytes[start, end)}, never empty, so that foreign protocols are named
     * without waiting for a line end.
     */
    protected abstract void checkStart(int start, int end) throws MessageException;

    /**
     * Judges a complete start line {@code bytes[start, end)}; it must refuse whatever {@link #checkStart} refuses of any
     * beginning of it, and in the same way.
     *
     * @return false to ignore the line (an empty line before the start line)
     */
    protected abstract boolean startLine(int start, int end) throws MessageException;

    protected abstract void header(HeaderName name, int index) throws MessageException;

    protected abstract void finish() throws MessageException;

    /** The cause for a line {@code bytes[start, end)} that is no proper header. */
    protected abstract Cause badHeader(int start, int end);

    /** What a line that is no proper header is known to be, empty where that is not known. */
    protected String known(int start, int end) {
        return "";
    }

    protected abstract MessageException tooBig();

    protected abstract MessageException tooMany(int limit);

    /** Limit in bytes over the whole head. */
    protected final int maxBytes() {
        return maxBytes;
    }

    private boolean line(int lf) throws MessageException {
        int start = lineStart;
        lineStart = lf + 1;
        int end = lineEnd(start, lf);
        if (!startLineSeen) {
            startLineSeen = startLine(start, end);
            return false;
        }
        if (end == start) {
            return true;
        }
        headerLine(start, end);
        return false;
    }

    /** Where the text of a line {@code bytes[start, end)} ends that may have a CR behind it. */
    private int lineEnd(int start, int end) {
        return end > start && bytes[end - 1] == '\r' ? end - 1 : end;
    }

    private void headerLine(int start, int end) throws MessageException {
        int colon = start;
        while (colon < end && Grammar.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == start || colon == end || bytes[colon] != ':') {
            throw badHeaderLine(start, end, colon);
        }
        int valueStart = colon + 1;
        int valueEnd = end;
        while (valueStart < end && (bytes[valueStart] == ' ' || bytes[valueStart] == '\t')) {
            valueStart++;
        }
        while (valueEnd > valueStart && (bytes[valueEnd - 1] == ' ' || bytes[valueEnd - 1] == '\t')) {
            valueEnd--;
        }
        int bad = Words.forbidden(bytes, valueStart, valueEnd);
        if (bad < valueEnd) {
            throw new MessageException(
                    badHeader(start, end),
                    Sample.hex(bytes[bad]) + " at offset " + bad
                            + " of the head is not allowed in the value of header \""
                            + Sample.printable(bytes, start, colon) + '"',
                    bytes,
                    start,
                    end);
        }
        if (headers.count() == maxHeaders) {
            throw tooMany(maxHeaders);
        }
        HeaderName name = HeaderName.of(bytes, start, colon);
        headers.add(name, start, colon, valueStart, valueEnd);
        if (name != HeaderName.OTHER) {
            header(name, headers.count() - 1);
        }
    }

    private MessageException badHeaderLine(int start, int end, int at) {
        String what;
        if (!known(start, end).isEmpty()) {
            what = known(start, end);
        } else if (at == start && (bytes[start] == ' ' || bytes[start] == '\t')) {
            what = "a header line that starts with white space (obsolete line folding)";
        } else if (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            what = "white space between header name and colon";
        } else if (at == end) {
            what = "a header line without a colon";
        } else {
            what = Sample.hex(bytes[at]) + " in a header name";
        }
        // What a folded line says may belong to a credential; that it begins with white space says enough.
        int shown = at == start && (bytes[start] == ' ' || bytes[start] == '\t') ? start + 1 : end;
        return new MessageException(
                badHeader(start, end),
                what + " at offset " + at + " of the head: \"" + Sample.printable(bytes, start, shown) + '"',
                bytes,
                start,
                shown);
    }

    private void ensure(int size) {
        if (bytes.length == 0) {
            bytes = pool.takeBytes();
            headers.rebase(bytes);
            headers.use(pool.takeSpans());
        }
        if (size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size, bytes.length + bytes.length / 2));
            headers.rebase(bytes);
        }
    }

    /** Name and size of the largest header so far, for messages about a head that is too big. */
    protected final String largestHeader() {
        int largest = -1;
        int size = -1;
        for (int i = 0; i < headers.count(); i++) {
            int s = headers.valueEnd(i) - headers.nameStart(i);
            if (s > size) {
                size = s;
                largest = i;
            }
        }
        int open = length - lineStart;
        if (startLineSeen && open > Math.max(size, 0)) {
            int colon = lineStart;
            while (colon < length && Grammar.isToken(bytes[colon])) {
                colon++;
            }
            return "largest so far \"%s\" with more than %d bytes"
                    .formatted(Sample.printable(bytes, lineStart, colon), open);
        }
        return largest < 0
                ? "no header was complete"
                : "largest \"%s\" with %d bytes".formatted(headers.nameText(largest), size);
    }
}
