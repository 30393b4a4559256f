package io.culprit.upstream.fastcgi;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.http.CgiHead;
import io.culprit.http.MessageException;
import io.culprit.http.Sample;
import io.culprit.upstream.exchange.Delivery;
import io.culprit.upstream.exchange.GivenUpException;
import io.culprit.upstream.exchange.ListenerException;
import io.culprit.upstream.exchange.ResponseReader;
import io.culprit.upstream.request.UpstreamRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads FastCGI responses: a CGI head and a body in STDOUT records, the application's messages in STDERR records, the
 * end in END_REQUEST and nowhere else. A connection that ends without it is never a success (facts: E53, E54, E58).
 */
public final class FastCgiResponseReader implements ResponseReader {
    private static final int END_LENGTH = 8;

    private final RecordReader records = new RecordReader();
    private final CgiHead head;
    private final ErrorStream errors = new ErrorStream();
    private final boolean keepConnection;
    private final byte[] end = new byte[END_LENGTH];
    private int endFill;
    private boolean started;
    private boolean inHead;
    private boolean bodiless;
    private boolean headRequest;
    private boolean ended;
    private long length;
    private long received;
    private long excess;

    /**
     * @param headLimit bytes a response head may have
     * @param headerLimit header lines it may have
     * @param keepConnection whether requests ask the application to keep the connection
     */
    public FastCgiResponseReader(int headLimit, int headerLimit, boolean keepConnection) {
        this.head = new CgiHead(headLimit, headerLimit);
        this.keepConnection = keepConnection;
    }

    @Override
    public void begin(UpstreamRequest request) {
        records.reset();
        head.reset();
        errors.reset();
        endFill = 0;
        started = false;
        inHead = true;
        bodiless = false;
        headRequest = request.method().equals("HEAD");
        ended = false;
        length = -1;
        received = 0;
        excess = 0;
    }

    @Override
    public int held() {
        return head.held() + errors.held();
    }

    @Override
    public void rest() {
        head.shrink();
        errors.release();
    }

    @Override
    public boolean consume(ByteBuffer in, Delivery to) throws MessageException, ListenerException, GivenUpException {
        started |= in.hasRemaining();
        if (ended) {
            return records.skipPadding(in);
        }
        while (records.next(in)) {
            int n = records.available(in);
            switch (records.type()) {
                case FastCgi.STDOUT -> stdout(in, n, to);
                case FastCgi.STDERR -> {
                    errors.take(in, n);
                    records.consumed(n);
                }
                default -> {
                    endRequest(in, n);
                    if (ended) {
                        return records.skipPadding(in);
                    }
                }
            }
        }
        return false;
    }

    private void stdout(ByteBuffer in, int n, Delivery to)
            throws MessageException, ListenerException, GivenUpException {
        if (n == 0 && inHead) {
            throw new MessageException(noHead("the application closed its output"));
        }
        int stop = in.position() + n;
        int limit = in.limit();
        in.limit(stop);
        try {
            if (inHead && head.read(in)) {
                headComplete(to);
            }
            if (!inHead) {
                body(in, to);
            }
        } finally {
            in.limit(limit);
        }
        in.position(stop);
        records.consumed(n);
    }

    private void headComplete(Delivery to) throws ListenerException, GivenUpException {
        inHead = false;
        bodiless = headRequest || !head.mayHaveBody();
        length = bodiless ? 0 : head.contentLength();
        to.head(head, length);
    }

    private void body(ByteBuffer in, Delivery to) throws ListenerException {
        int n = in.remaining();
        int wanted = length < 0 ? n : (int) Math.min(n, length - received);
        to.body(in, wanted);
        received += wanted;
        excess += headRequest ? 0 : n - wanted;
    }

    private void endRequest(ByteBuffer in, int n) throws MessageException {
        int taken = Math.min(n, END_LENGTH - endFill);
        in.get(end, endFill, taken);
        endFill += taken;
        in.position(in.position() + n - taken);
        records.consumed(n);
        if (records.contentLeft() > 0) {
            return;
        }
        if (endFill < END_LENGTH) {
            throw new MessageException(Failure.of(
                    Cause.FASTCGI_BAD_RECORD,
                    "%s with %s instead of %d"
                            .formatted(
                                    FastCgi.typeName(FastCgi.END_REQUEST), Text.count(endFill, "byte"), END_LENGTH)));
        }
        int status = end[4] & 0xff;
        switch (status) {
            case FastCgi.REQUEST_COMPLETE -> complete();
            case FastCgi.CANT_MPX_CONN ->
                throw refused(Cause.FASTCGI_CANT_MULTIPLEX, "it takes one request per connection only");
            case FastCgi.OVERLOADED -> throw refused(Cause.FASTCGI_OVERLOADED, "it is overloaded");
            case FastCgi.UNKNOWN_ROLE ->
                throw refused(Cause.FASTCGI_UNKNOWN_ROLE, "it does not know the responder role");
            default ->
                throw new MessageException(Failure.of(
                        Cause.FASTCGI_BAD_RECORD,
                        "%s with protocolStatus %d".formatted(FastCgi.typeName(FastCgi.END_REQUEST), status)));
        }
    }

    private static MessageException refused(Cause cause, String why) {
        return new MessageException(Failure.of(cause, "the application ended the request because " + why));
    }

    private void complete() throws MessageException {
        if (inHead) {
            throw new MessageException(noHead("the script ended"));
        }
        if (received < length) {
            throw new MessageException(Failure.of(Cause.FASTCGI_TRUNCATED, "the script ended after " + bodyProgress()));
        }
        ended = true;
    }

    private Failure noHead(String how) {
        return Failure.of(
                Cause.FASTCGI_NO_HEAD,
                head.started()
                        ? "%s after %s of output without the empty line that ends a head: \"%s\""
                                .formatted(
                                        how,
                                        Text.count(head.length(), "byte"),
                                        Sample.printable(head.bytes(), 0, head.length()))
                        : how + " without any output");
    }

    @Override
    public boolean inHead() {
        return inHead;
    }

    @Override
    public boolean untouched() {
        return !started;
    }

    @Override
    public int headBytes() {
        return head.length();
    }

    @Override
    public String beside() {
        return errors.total() == 0 ? "" : Text.count(errors.total(), "byte") + " of STDERR";
    }

    @Override
    public boolean endsWithConnection() {
        return false;
    }

    @Override
    public boolean whole() {
        return !inHead && length >= 0 && received == length;
    }

    @Override
    public boolean reusable() {
        return keepConnection && excess == 0;
    }

    @Override
    public String bodyProgress() {
        return length >= 0
                ? "%d of %d bytes of the body".formatted(received, length)
                : "%d bytes of the body, without END_REQUEST".formatted(received);
    }

    @Override
    public Cause truncated() {
        return Cause.FASTCGI_TRUNCATED;
    }

    @Override
    public Optional<Failure> warning() {
        if (!ended) {
            return Optional.of(Failure.of(
                    Cause.FASTCGI_TRUNCATED,
                    "the whole announced body came, but the connection ended without END_REQUEST"));
        }
        return excess == 0
                ? Optional.empty()
                : Optional.of(Failure.of(
                        Cause.BODY_EXCESS,
                        "%s beyond %s; they were dropped"
                                .formatted(
                                        Text.count(excess, "byte"),
                                        bodiless ? "a status without body" : "Content-Length " + length)));
    }

    @Override
    public String stderr() {
        return errors.text();
    }

    @Override
    public List<Evidence> evidence() {
        List<Evidence> found = new ArrayList<>(2);
        String stderr = errors.text();
        if (!stderr.isEmpty()) {
            found.add(new Evidence("stderr", stderr));
        }
        int appStatus = (end[0] & 0xff) << 24 | (end[1] & 0xff) << 16 | (end[2] & 0xff) << 8 | end[3] & 0xff;
        if (endFill == END_LENGTH && appStatus != 0) {
            found.add(new Evidence("app_status", Integer.toString(appStatus)));
        }
        return found;
    }
}
