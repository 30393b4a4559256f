package io.culprit.http;

import io.culprit.failure.Cause;

/**
 * The strict reader of an upstream's response head, and the head it read. What is harmless and common is accepted (a
 * bare LF, identical Content-Lengths, several spaces before the status); what two parsers might read differently is
 * refused (RFC 9112 sections 4, 5 and 6.3).
 *
 * <p>Owned by the IO thread of the upstream connection and overwritten by its next response.
 */
public final class ResponseHead extends HeadReader {
    private static final byte[] MAGIC = {'H', 'T', 'T', 'P', '/'};

    private int minor;
    private int status;
    private int reasonStart;
    private int reasonEnd;
    private long contentLength;
    private boolean chunked;

    /**
     * @param maxBytes limit of the whole head in bytes ({@code head_limit})
     * @param maxHeaders limit of header lines
     */
    public ResponseHead(int maxBytes, int maxHeaders) {
        super(maxBytes, maxHeaders);
        reset();
    }

    @Override
    public void reset() {
        super.reset();
        minor = 1;
        status = 0;
        reasonStart = 0;
        reasonEnd = 0;
        contentLength = -1;
        chunked = false;
    }

    @Override
    protected void checkStart(int end) throws MessageException {
        for (int i = 0; i < Math.min(end, MAGIC.length); i++) {
            if (bytes[i] != MAGIC[i]) {
                throw new MessageException(Cause.HEAD_NOT_HTTP, notHttp(end), bytes, 0, end);
            }
        }
    }

    private String notHttp(int end) {
        boolean alert = end >= 2 && bytes[0] == 0x15 && bytes[1] == 3;
        return alert
                ? "the upstream answered a plain request with a TLS alert: it expects TLS"
                : "the response starts with \"%s\" instead of HTTP/"
                        .formatted(Sample.printable(bytes, 0, Math.min(end, 24)));
    }

    @Override
    protected boolean startLine(int start, int end) throws MessageException {
        checkStart(end);
        if (end - start < MAGIC.length) {
            throw new MessageException(Cause.HEAD_NOT_HTTP, notHttp(end), bytes, start, end);
        }
        int at = start + MAGIC.length;
        boolean shaped =
                end - at >= 3 && Grammar.isDigit(bytes[at]) && bytes[at + 1] == '.' && Grammar.isDigit(bytes[at + 2]);
        if (!shaped || bytes[at] != '1' || bytes[at + 2] > '1') {
            throw new MessageException(
                    Cause.HEAD_BAD_VERSION,
                    "the status line is \"%s\", HTTP/1.0 or HTTP/1.1 was expected"
                            .formatted(Sample.printable(bytes, start, end)),
                    bytes,
                    start,
                    end);
        }
        minor = bytes[at + 2] - '0';
        at += 3;
        int digits = at;
        while (digits < end && bytes[digits] == ' ') {
            digits++;
        }
        int stop = digits;
        while (stop < end && bytes[stop] != ' ') {
            stop++;
        }
        long value = Grammar.parseLength(bytes, digits, stop);
        if (digits == at || stop - digits != 3 || value < 100) {
            throw new MessageException(
                    Cause.HEAD_BAD_STATUS,
                    "the status is \"%s\", three digits from 100 to 999 were expected"
                            .formatted(Sample.printable(bytes, digits, stop)),
                    bytes,
                    start,
                    end);
        }
        status = (int) value;
        reasonStart = Math.min(stop + 1, end);
        reasonEnd = end;
        for (int i = reasonStart; i < reasonEnd; i++) {
            if (!Grammar.isFieldByte(bytes[i])) {
                throw new MessageException(
                        Cause.HEAD_BAD_HEADER,
                        "byte 0x%02x at offset %d of the reason phrase".formatted(bytes[i] & 0xff, i),
                        bytes,
                        start,
                        end);
            }
        }
        return true;
    }

    @Override
    protected void header(HeaderName name, int index) throws MessageException {
        if (name == HeaderName.CONTENT_LENGTH) {
            contentLength(index);
        } else if (name == HeaderName.TRANSFER_ENCODING) {
            transferEncoding(index);
        }
    }

    private void transferEncoding(int index) throws MessageException {
        if (chunked) {
            throw bad(Cause.HEAD_BAD_TRANSFER_CODING, "a second Transfer-Encoding header", index);
        }
        int start = headers.valueStart(index);
        int end = headers.valueEnd(index);
        if (!Grammar.equalsIgnoreCase(bytes, start, end, "chunked")) {
            throw bad(
                    Cause.HEAD_BAD_TRANSFER_CODING,
                    "Transfer-Encoding \"%s\"".formatted(Sample.printable(bytes, start, end)),
                    index);
        }
        chunked = true;
    }

    /** A list of identical numbers is one number that some middlebox repeated (RFC 9110 section 8.6). */
    private void contentLength(int index) throws MessageException {
        int at = headers.valueStart(index);
        int end = headers.valueEnd(index);
        do {
            int start = at;
            while (at < end && bytes[at] != ',') {
                at++;
            }
            int stop = at;
            while (start < stop && bytes[start] <= ' ') {
                start++;
            }
            while (stop > start && bytes[stop - 1] <= ' ') {
                stop--;
            }
            long value = Grammar.parseLength(bytes, start, stop);
            if (value < 0) {
                throw bad(
                        Cause.HEAD_BAD_LENGTH,
                        "Content-Length \"%s\" is not a number"
                                .formatted(Sample.printable(bytes, headers.valueStart(index), end)),
                        index);
            }
            if (contentLength >= 0 && contentLength != value) {
                throw bad(
                        Cause.HEAD_BAD_LENGTH,
                        "Content-Lengths that differ: %d and %d".formatted(contentLength, value),
                        index);
            }
            contentLength = value;
        } while (at++ < end);
    }

    @Override
    protected void finish() throws MessageException {
        if (contentLength >= 0 && chunked) {
            throw new MessageException(
                    Cause.HEAD_CONFLICTING_FRAMING,
                    "the response has both Content-Length: %d and Transfer-Encoding: chunked".formatted(contentLength));
        }
    }

    @Override
    protected Cause badHeader() {
        return Cause.HEAD_BAD_HEADER;
    }

    @Override
    protected MessageException tooBig() {
        return new MessageException(
                Cause.HEAD_TOO_BIG,
                "the response head exceeds head_limit of %d bytes, %s".formatted(maxBytes(), largestHeader()));
    }

    @Override
    protected MessageException tooMany(int limit) {
        return new MessageException(Cause.HEAD_TOO_MANY, "the response has more than %d headers".formatted(limit));
    }

    private MessageException bad(Cause cause, String what, int index) {
        return new MessageException(
                cause,
                "%s at offset %d of the head".formatted(what, headers.nameStart(index)),
                bytes,
                headers.nameStart(index),
                headers.valueEnd(index));
    }

    /** The status, 100 to 999. */
    public int status() {
        return status;
    }

    /** Minor version of HTTP/1: 0 or 1. */
    public int minor() {
        return minor;
    }

    /** Start of the reason phrase in {@link #bytes}. */
    public int reasonStart() {
        return reasonStart;
    }

    /** End of the reason phrase. */
    public int reasonEnd() {
        return reasonEnd;
    }

    /** Announced length of the body, -1 when none was announced. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether the body is chunked. */
    public boolean chunked() {
        return chunked;
    }

    /** Whether another response follows (1xx). */
    public boolean isInterim() {
        return status < 200;
    }

    /** Whether a response of this status carries a body at all when the request was not HEAD. */
    public boolean mayHaveBody() {
        return status >= 200 && status != 204 && status != 304;
    }

    /** Whether the upstream will keep the connection (RFC 9112 section 9.3). */
    public boolean keepAlive() {
        if (chunked && minor == 0) {
            return false; // faulty framing by RFC 9112 section 6.1: deliver, but trust the connection no further
        }
        return minor == 1
                ? !headers.lists(HeaderName.CONNECTION, "close")
                : headers.lists(HeaderName.CONNECTION, "keep-alive");
    }
}
