package io.culprit.reply;

import io.culprit.config.UpstreamConfig.Buffering;
import io.culprit.failure.Failure;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import io.culprit.http.ResponseHead;
import io.culprit.loop.Spill;
import io.culprit.upstream.ResponseListener;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Passes an upstream's response on to the client: the head as the bytes that came, hop-by-hop lines cut out and the
 * framing rewritten for this client; the body as it comes. With {@code buffering.hold} head and body are held back
 * until that much has arrived, so that a response that breaks early is still a failure and not a torn 200. Owned by
 * one IO thread.
 */
public final class Relay implements ResponseListener {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] VERSION = Ascii.bytes("HTTP/1.1 ");
    private static final byte[] CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] LENGTH = Ascii.bytes("Content-Length: ");
    private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");
    private static final byte[] DATE = Ascii.bytes("Date: ");
    private static final byte[] PROXY_STATUS = Ascii.bytes("Proxy-Status: ");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    /** Whose response it is. */
    public interface Owner {
        /** The upstream is done and everything is written or waits in the sink. Warning may be null. */
        void relayed(Failure warning);

        void upstreamFailed(Failure failure, String noRetry);

        /** Says before the head is written whether the client's connection ends after this response. */
        boolean closesAfterResponse();
    }

    private final Owner owner;
    private final ClientSink sink;
    private final int clientMinor;
    private final boolean headRequest;
    private final boolean clientKeepAliveToken;
    private final boolean buffered;
    private final long hold;
    private final Spill held;
    private boolean chunking;
    private boolean closing;
    private long takenBefore = Long.MAX_VALUE;
    private boolean holding;
    private int status;
    private boolean untilClose;

    /**
     * @param request of the client, for the version and method it used
     * @param buffering {@code response: false} streams every response at once; {@code hold} are the bytes to wait for
     *     before the head is sent, 0 for none
     * @param held where they wait
     */
    public Relay(Owner owner, ClientSink sink, RequestHead request, Buffering buffering, Spill held) {
        this.owner = owner;
        this.sink = sink;
        this.clientMinor = request.minor();
        this.headRequest = request.method().equals("HEAD");
        this.clientKeepAliveToken = clientMinor == 0 && request.keepAlive();
        this.buffered = buffering.response();
        this.hold = buffering.hold();
        this.held = held;
    }

    /** Status of the response that was or is being passed on, 0 before there is one. */
    public int status() {
        return status;
    }

    /** True when the end of the body is told to the client by closing the connection. */
    public boolean endsWithConnection() {
        return untilClose;
    }

    @Override
    public boolean committed() {
        return sink.taken() > takenBefore;
    }

    @Override
    public boolean wantsMore() {
        return !sink.saturated();
    }

    @Override
    public void interim(ResponseHead head) throws IOException {
        if (clientMinor == 0) {
            return; // RFC 9110 section 15.2: no interim responses to an HTTP/1.0 client
        }
        ByteBuffer out = sink.staging(head.length() + 2 * head.headers().count() + 64);
        statusLine(head, out);
        copyHeaders(head, out);
        out.put(CRLF);
        sink.flush();
    }

    @Override
    public void head(ResponseHead head, long bodyLength) throws IOException {
        HeaderBlock headers = head.headers();
        int buffering = headers.indexOf(HeaderName.X_ACCEL_BUFFERING, 0);
        boolean streamed = buffering >= 0 && headers.valueText(buffering).equalsIgnoreCase("no");
        sink.eager(!buffered || streamed);
        status = head.status();
        boolean noBody = headRequest || !head.mayHaveBody();
        chunking = !noBody && bodyLength < 0 && clientMinor == 1;
        untilClose = !noBody && bodyLength < 0 && clientMinor == 0;
        closing = untilClose || owner.closesAfterResponse();
        holding = hold > 0 && !noBody && !streamed;
        takenBefore = sink.taken();

        ByteBuffer out = sink.staging(head.length() + 2 * head.headers().count() + 320);
        statusLine(head, out);
        boolean dated = copyHeaders(head, out);
        framing(head, bodyLength, noBody, out);
        if (!dated) {
            out.put(DATE);
            Ascii.put(out, HttpDate.now());
            out.put(CRLF);
        }
        if (status >= 500) {
            out.put(PROXY_STATUS);
            Ascii.put(out, ProxyStatus.relayed(status));
            out.put(CRLF);
        }
        out.put(CRLF);
        if (holding) {
            out.flip();
            held.append(out);
            sink.unstage();
        }
    }

    private static void statusLine(ResponseHead head, ByteBuffer out) {
        out.put(VERSION);
        Ascii.putDecimal(out, head.status());
        out.put((byte) ' ');
        if (head.reasonEnd() > head.reasonStart()) {
            out.put(head.bytes(), head.reasonStart(), head.reasonEnd() - head.reasonStart());
        } else {
            Ascii.put(out, StatusText.of(head.status()));
        }
        out.put(CRLF);
    }

    /** @return whether there was a Date */
    private static boolean copyHeaders(ResponseHead head, ByteBuffer out) {
        HeaderBlock headers = head.headers();
        boolean anyConnection = headers.has(HeaderName.CONNECTION);
        headers.copyLines(
                (name, index) -> name == HeaderName.CONTENT_LENGTH
                        || name.isForServer()
                        || name.isHopByHop()
                        || head.hides(name)
                        || anyConnection && name != HeaderName.DATE && headers.isNamedInConnection(index),
                out);
        return headers.has(HeaderName.DATE);
    }

    private void framing(ResponseHead head, long bodyLength, boolean noBody, ByteBuffer out) {
        long announced = noBody ? head.contentLength() : bodyLength;
        if (announced >= 0 && head.status() != 204) {
            out.put(LENGTH);
            Ascii.putDecimal(out, announced);
            out.put(CRLF);
        } else if (chunking) {
            out.put(CHUNKED);
        }
        if (closing) {
            out.put(CLOSE);
        } else if (clientKeepAliveToken) {
            out.put(KEEP_ALIVE);
        }
    }

    @Override
    public void body(ByteBuffer data) throws IOException {
        if (holding) {
            if (chunking) {
                held.append(ByteBuffer.wrap(Ascii.bytes(Integer.toHexString(data.remaining()) + "\r\n")));
            }
            held.append(data);
            if (chunking) {
                held.append(ByteBuffer.wrap(CRLF));
            }
            if (held.size() >= hold) {
                letGo();
            }
        } else if (chunking) {
            sink.writeChunk(data);
        } else {
            sink.write(data);
        }
    }

    private void letGo() throws IOException {
        holding = false;
        try {
            held.drain(sink::write);
        } finally {
            held.release();
        }
    }

    @Override
    public void flush() throws IOException {
        if (!holding) {
            sink.flush();
        }
    }

    @Override
    public void discard() {
        held.release();
        sink.unstage();
        status = 0;
        holding = false;
        takenBefore = Long.MAX_VALUE;
    }

    @Override
    public void complete(Failure warning) {
        try {
            if (holding) {
                letGo();
            }
            if (chunking) {
                sink.staging(LAST_CHUNK.length).put(LAST_CHUNK);
            }
            sink.flush();
        } catch (IOException e) {
            owner.upstreamFailed(
                    Failure.of(
                            io.culprit.failure.Cause.GATEWAY_TEMP_DISK_FULL,
                            "buffering the response: " + e.getMessage()),
                    "");
            return;
        }
        owner.relayed(warning);
    }

    @Override
    public void failed(Failure failure, String noRetry) {
        if (!committed()) {
            discard();
        }
        owner.upstreamFailed(failure, noRetry);
    }
}
