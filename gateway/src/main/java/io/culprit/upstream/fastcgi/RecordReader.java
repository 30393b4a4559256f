package io.culprit.upstream.fastcgi;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.Sample;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Takes the records of a response apart (FastCGI specification, section 3.3), wherever the bytes are split. Only records
 * an application may send to a responder request pass: STDOUT, STDERR and END_REQUEST of our own request.
 *
 * <pre>
 *   HEADER -> CONTENT -> PADDING -> HEADER ...
 * </pre>
 *
 * Owned by one IO thread.
 */
final class RecordReader {
    private final byte[] header = new byte[FastCgi.HEADER];
    private int headerFill;
    private int contentLeft;
    private int paddingLeft;

    void reset() {
        headerFill = 0;
        contentLeft = 0;
        paddingLeft = 0;
    }

    /**
     * Goes on to the next content. Padding is thrown away on the way.
     *
     * @return true when a record is open: its content, {@link #available} bytes of it, begins at the buffer's position;
     *     false when more bytes are needed
     * @throws MessageException when the header is not one an application may send
     */
    boolean next(ByteBuffer in) throws MessageException {
        if (headerFill == FastCgi.HEADER) {
            if (contentLeft > 0) {
                return in.hasRemaining();
            }
            if (!skipPadding(in)) {
                return false;
            }
        }
        int n = Math.min(in.remaining(), FastCgi.HEADER - headerFill);
        in.get(header, headerFill, n);
        headerFill += n;
        if (headerFill < FastCgi.HEADER) {
            return false;
        }
        check();
        contentLeft = (header[4] & 0xff) << 8 | header[5] & 0xff;
        paddingLeft = header[6] & 0xff;
        return contentLeft == 0 || in.hasRemaining();
    }

    /** Throws the open record's padding away; true once it is all gone. */
    boolean skipPadding(ByteBuffer in) {
        int n = Math.min(in.remaining(), paddingLeft);
        in.position(in.position() + n);
        paddingLeft -= n;
        if (paddingLeft > 0) {
            return false;
        }
        headerFill = 0;
        return true;
    }

    /** Type of the open record. */
    int type() {
        return header[1];
    }

    /** Bytes of content of the open record that have not been consumed; 0 for an empty record. */
    int contentLeft() {
        return contentLeft;
    }

    /** Bytes of the open record's content in the buffer. */
    int available(ByteBuffer in) {
        return Math.min(in.remaining(), contentLeft);
    }

    /** The next {@code n} bytes of content were taken from the buffer. */
    void consumed(int n) {
        contentLeft -= n;
    }

    /** Version, then type, then id: nginx's order, so that the same bytes get the same name. */
    private void check() throws MessageException {
        int version = header[0] & 0xff;
        if (version != FastCgi.VERSION) {
            throw bad(Cause.FASTCGI_BAD_VERSION, version + (version == 'H' ? " (the upstream speaks HTTP)" : ""));
        }
        int type = header[1] & 0xff;
        if (type != FastCgi.STDOUT && type != FastCgi.STDERR && type != FastCgi.END_REQUEST) {
            throw bad(Cause.FASTCGI_BAD_RECORD, FastCgi.typeName(type));
        }
        int id = (header[2] & 0xff) << 8 | header[3] & 0xff;
        if (id != FastCgi.REQUEST_ID) {
            throw bad(Cause.FASTCGI_BAD_ID, "%d (the request's is %d)".formatted(id, FastCgi.REQUEST_ID));
        }
    }

    private MessageException bad(Cause cause, String detail) {
        return new MessageException(
                new Failure(cause, detail, "", List.of(new Evidence("record", Sample.of(header, 0, header.length)))));
    }
}
