package io.culprit.http;

import io.culprit.failure.Cause;

/** The head of an HTTP/1 response: status line and header lines (RFC 9112 section 4). */
public final class HttpResponseHead extends ResponseHead {
    private static final byte[] MAGIC = {'H', 'T', 'T', 'P', '/'};

    private int minor;
    private boolean chunked;

    /**
     * @param maxBytes limit of the whole head in bytes ({@code head_limit})
     * @param maxHeaders limit of header lines
     */
    public HttpResponseHead(int maxBytes, int maxHeaders) {
        super(maxBytes, maxHeaders);
        reset();
    }

    @Override
    public void reset() {
        super.reset();
        minor = 1;
        chunked = false;
    }

    @Override
    protected void checkStart(int start, int end) throws MessageException {
        for (int i = 0; i < Math.min(end - start, MAGIC.length); i++) {
            if (bytes[start + i] != MAGIC[i]) {
                throw new MessageException(Cause.HEAD_NOT_HTTP, notHttp(end), bytes, start, end);
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
        checkStart(start, end);
        if (end - start < MAGIC.length) {
            throw new MessageException(Cause.HEAD_NOT_HTTP, notHttp(end), bytes, start, end);
        }
        int at = start + MAGIC.length;
        boolean shaped =
                end - at >= 3 && Grammar.isDigit(bytes[at]) && bytes[at + 1] == '.' && Grammar.isDigit(bytes[at + 2]);
        if (!shaped || bytes[at] != '1') {
            throw new MessageException(
                    Cause.HEAD_BAD_VERSION,
                    "the status line is \"%s\", HTTP/1.1 or HTTP/1.0 was expected"
                            .formatted(Sample.printable(bytes, start, end)),
                    bytes,
                    start,
                    end);
        }
        minor = Math.min(1, bytes[at + 2] - '0'); // RFC 9112 section 2.3: a higher minor version is read as 1.1
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
        answered((int) value, Math.min(stop + 1, end), end);
        for (int i = reasonStart(); i < end; i++) {
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
        if (name == HeaderName.TRANSFER_ENCODING) {
            transferEncoding(index);
        } else {
            super.header(name, index);
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

    @Override
    protected void finish() throws MessageException {
        if (contentLength() >= 0 && chunked) {
            throw new MessageException(
                    Cause.HEAD_CONFLICTING_FRAMING,
                    "the response has both Content-Length: %d and Transfer-Encoding: chunked"
                            .formatted(contentLength()));
        }
    }

    @Override
    protected Cause badHeader(int start, int end) {
        return Cause.HEAD_BAD_HEADER;
    }

    /** Minor version of HTTP/1: 0 or 1. */
    public int minor() {
        return minor;
    }

    /** Whether the body is chunked. */
    public boolean chunked() {
        return chunked;
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
