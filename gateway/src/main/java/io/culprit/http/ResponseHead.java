package io.culprit.http;

import io.culprit.failure.Cause;

/**
 * The strict reader of an upstream's response head, and the head it read, whichever protocol it came in. What is
 * harmless and common is accepted (a bare LF, identical Content-Lengths, several spaces before the status); what two
 * parsers might read differently is refused (RFC 9112 sections 4, 5 and 6.3).
 *
 * <p>Owned by the IO thread of the upstream connection and overwritten by its next response.
 */
public abstract class ResponseHead extends HeadReader {
    private int status;
    private int reasonStart;
    private int reasonEnd;
    private long contentLength;

    ResponseHead(int maxBytes, int maxHeaders) {
        super(maxBytes, maxHeaders);
    }

    @Override
    public void reset() {
        super.reset();
        status = 0;
        reasonStart = 0;
        reasonEnd = 0;
        contentLength = -1;
    }

    @Override
    protected void header(HeaderName name, int index) throws MessageException {
        if (name == HeaderName.CONTENT_LENGTH) {
            contentLength(index);
        }
    }

    /** The status and where its reason phrase stands. */
    protected final void answered(int code, int phraseStart, int phraseEnd) {
        status = code;
        reasonStart = phraseStart;
        reasonEnd = phraseEnd;
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
    protected MessageException tooBig() {
        return new MessageException(
                Cause.HEAD_TOO_BIG,
                "the response head exceeds head_limit of %d bytes, %s".formatted(maxBytes(), largestHeader()));
    }

    @Override
    protected MessageException tooMany(int limit) {
        return new MessageException(Cause.HEAD_TOO_MANY, "the response has more than %d headers".formatted(limit));
    }

    protected final MessageException bad(Cause cause, String what, int index) {
        return new MessageException(
                cause,
                "%s at offset %d of the head".formatted(what, headers.nameStart(index)),
                bytes,
                headers.nameStart(index),
                headers.valueEnd(index));
    }

    /** The status, 100 to 999. */
    public final int status() {
        return status;
    }

    /** Start of the reason phrase in {@link #bytes}. */
    public final int reasonStart() {
        return reasonStart;
    }

    /** End of the reason phrase. */
    public final int reasonEnd() {
        return reasonEnd;
    }

    /** Announced length of the body, -1 when none was announced. */
    public final long contentLength() {
        return contentLength;
    }

    /** Whether a field is meant for the gateway alone. */
    public boolean hides(HeaderName name) {
        return false;
    }

    /** Whether another response follows (1xx). */
    public final boolean isInterim() {
        return status < 200;
    }

    /** Whether a response of this status carries a body at all when the request was not HEAD. */
    public final boolean mayHaveBody() {
        return status >= 200 && status != 204 && status != 304;
    }
}
