package io.culprit.http;

import io.culprit.failure.Cause;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The strict reader of a client's request head, and the head it read. It refuses every ambiguity two parsers might
 * resolve differently (request smuggling): RFC 9112 sections 3.2, 5.1, 5.2, 6.1 and 6.3.
 *
 * <p>Owned by the IO thread of the client's connection and overwritten by the connection's next request.
 */
public final class RequestHead extends HeadReader {
    /** Body length of a request whose body is chunked. */
    public static final long CHUNKED = -1;

    private final int maxTarget;
    private final RequestLine line = new RequestLine();
    private long contentLength;
    private boolean chunked;
    private int hostIndex;
    private String host = "";
    private boolean sawLength;
    private final HostField hostField = new HostField();

    /**
     * @param maxBytes limit of the whole head in bytes
     * @param maxHeaders limit of header lines
     * @param maxTarget limit of the request target in bytes
     */
    public RequestHead(int maxBytes, int maxHeaders, int maxTarget) {
        this(maxBytes, maxHeaders, maxTarget, new HeadPool());
    }

    /**
     * @param pool of the IO thread that owns the connection
     */
    public RequestHead(int maxBytes, int maxHeaders, int maxTarget, HeadPool pool) {
        super(maxBytes, maxHeaders, pool);
        this.maxTarget = maxTarget;
        reset();
    }

    @Override
    public void reset() {
        super.reset();
        line.reset();
        contentLength = 0;
        chunked = false;
        hostIndex = -1;
        host = "";
        sawLength = false;
    }

    /** True once anything but empty lines has come, which are to be ignored (RFC 9112 section 2.2). */
    @Override
    public boolean started() {
        return super.started() && !onlyLineEnds();
    }

    @Override
    protected void checkStart(int start, int end) throws MessageException {
        RequestLine.checkStart(bytes, start, end, maxTarget);
    }

    @Override
    protected boolean startLine(int start, int end) throws MessageException {
        if (start == end) {
            if (end > 8) {
                throw new MessageException(Cause.CLIENT_BAD_REQUEST, "empty lines instead of a request line");
            }
            return false;
        }
        line.read(bytes, start, end, maxTarget);
        if (line.hasAuthority()) {
            host = hostText(line.authority(), line.pathStart(), start, end);
            if (host.isEmpty()) {
                throw RequestLine.bad("the absolute URL has no host", bytes, start, end, line.authority());
            }
        }
        return true;
    }

    private String hostText(int from, int to, int lineStart, int lineEnd) throws MessageException {
        String text = hostField.read(bytes, from, to);
        if (text.isEmpty() && from != to) {
            throw RequestLine.bad(
                    "the host is not a name or address with at most one port", bytes, lineStart, lineEnd, from);
        }
        return text;
    }

    @Override
    protected void header(HeaderName name, int index) throws MessageException {
        if (name == HeaderName.CONTENT_LENGTH) {
            contentLength(index);
        } else if (name == HeaderName.TRANSFER_ENCODING) {
            transferEncoding(index);
        } else if (name == HeaderName.HOST) {
            if (hostIndex >= 0) {
                throw bad("a second Host header", index);
            }
            hostIndex = index;
        }
    }

    private void contentLength(int index) throws MessageException {
        long value = Grammar.parseLength(bytes, headers.valueStart(index), headers.valueEnd(index));
        if (value < 0) {
            throw bad(value == -2 ? "a Content-Length beyond 2^63" : "a Content-Length that is not a number", index);
        }
        if (sawLength && value != contentLength) {
            throw bad("Content-Length headers that differ (%d and %d)".formatted(contentLength, value), index);
        }
        sawLength = true;
        contentLength = value;
    }

    private void transferEncoding(int index) throws MessageException {
        if (chunked) {
            throw bad("a second Transfer-Encoding header", index);
        }
        if (!Grammar.equalsIgnoreCase(bytes, headers.valueStart(index), headers.valueEnd(index), "chunked")) {
            throw bad("a Transfer-Encoding other than chunked", index);
        }
        chunked = true;
    }

    @Override
    protected void finish() throws MessageException {
        if (chunked && sawLength) {
            throw new MessageException(
                    Cause.CLIENT_BAD_REQUEST, "both Content-Length and Transfer-Encoding (RFC 9112 section 6.3)");
        }
        if (chunked && line.minor() == 0) {
            throw new MessageException(
                    Cause.CLIENT_BAD_REQUEST, "Transfer-Encoding in an HTTP/1.0 request (RFC 9112 section 6.1)");
        }
        if (hostIndex < 0) {
            if (line.minor() == 1) {
                throw new MessageException(
                        Cause.CLIENT_BAD_REQUEST, "an HTTP/1.1 request without Host (RFC 9112 section 3.2)");
            }
            return;
        }
        String named = hostText(
                headers.valueStart(hostIndex),
                headers.valueEnd(hostIndex),
                headers.nameStart(hostIndex),
                headers.valueEnd(hostIndex));
        if (!host.isEmpty() && !host.equals(named)) {
            throw new MessageException(
                    Cause.CLIENT_HOST_MISMATCH,
                    "the request target names host \"%s\", the Host header \"%s\"".formatted(host, named));
        }
        if (named.isEmpty() && line.minor() == 1) {
            throw bad("an empty Host header", hostIndex);
        }
        host = named;
    }

    @Override
    protected Cause badHeader(int start, int end) {
        return Cause.CLIENT_BAD_REQUEST;
    }

    @Override
    protected MessageException tooBig() {
        return line.targetEnd() == 0 && headers.count() == 0 && length() > maxTarget
                ? RequestLine.uriTooLong(maxTarget)
                : new MessageException(
                        Cause.CLIENT_HEAD_TOO_BIG,
                        "the request head exceeds limits.head of %d bytes, %s".formatted(maxBytes(), largestHeader()));
    }

    @Override
    protected MessageException tooMany(int limit) {
        return new MessageException(
                Cause.CLIENT_HEAD_TOO_BIG, "the request has more than limits.headers = %d headers".formatted(limit));
    }

    private MessageException bad(String what, int index) {
        return new MessageException(
                Cause.CLIENT_BAD_REQUEST,
                "%s at offset %d of the head".formatted(what, headers.nameStart(index)),
                bytes,
                headers.nameStart(index),
                headers.valueEnd(index));
    }

    /**
     * Reads a head that came as fields of a protocol that frames bodies by itself, written as HTTP/1.1 would have had it.
     *
     * @param ends whether the request has no body
     * @throws MessageException as {@link #read}, or when the length it announces is not what ends here
     */
    public void readMultiplexed(ByteBuffer whole, boolean ends) throws MessageException {
        if (!read(whole) || whole.hasRemaining()) {
            throw new MessageException(Cause.CLIENT_BAD_REQUEST, "fields that make no head");
        }
        if (ends && contentLength > 0) {
            throw new MessageException(
                    Cause.CLIENT_BAD_REQUEST,
                    "no body, content-length says %d (RFC 9113 section 8.1.1)".formatted(contentLength));
        }
        chunked = !ends && !sawLength;
    }

    /** The method as received. */
    public String method() {
        return line.method();
    }

    /** Minor version of HTTP/1: 0 or 1. */
    public int minor() {
        return line.minor();
    }

    /** The request target exactly as received. */
    public String target() {
        return new String(
                bytes, line.targetStart(), line.targetEnd() - line.targetStart(), StandardCharsets.ISO_8859_1);
    }

    /** Offset of the path within {@link #bytes()}; for an absolute URL, behind the authority. */
    public int pathStart() {
        return line.pathStart();
    }

    /** End of the path. */
    public int pathEnd() {
        return line.pathEnd();
    }

    /** End of the target: {@code [pathEnd, targetEnd)} is the query with its question mark, possibly empty. */
    public int targetEnd() {
        return line.targetEnd();
    }

    /** The path as received. */
    public String path() {
        return new String(bytes, pathStart(), pathEnd() - pathStart(), StandardCharsets.ISO_8859_1);
    }

    /** Host in lower case with its port if one was given; empty only for HTTP/1.0 without Host. */
    public String host() {
        return host;
    }

    /** {@link #host} with its port taken off. */
    public String hostName() {
        return hostField.name(host);
    }

    /** Length of the body in bytes, 0 for none, {@link #CHUNKED} when chunked. */
    public long bodyLength() {
        return chunked ? CHUNKED : contentLength;
    }

    /** Whether the client waits for 100 (Continue) before it sends its body; it may expect other things too (RFC 9110 section 10.1.1). */
    public boolean expectsContinue() {
        return line.minor() > 0 && headers.lists(HeaderName.EXPECT, "100-continue");
    }

    /** Whether the client wants the connection kept (RFC 9112 section 9.3). */
    public boolean keepAlive() {
        return line.minor() == 1
                ? !headers.lists(HeaderName.CONNECTION, "close")
                : headers.lists(HeaderName.CONNECTION, "keep-alive");
    }
}
