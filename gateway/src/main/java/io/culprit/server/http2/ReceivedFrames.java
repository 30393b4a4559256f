package io.culprit.server.http2;

import io.culprit.config.Limits;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.Trailers;
import io.culprit.http.hpack.HpackDecoder;
import io.culprit.http.hpack.HpackException;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Spill;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.request.HttpExchange;
import io.culprit.server.request.Services;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a client's frames mean (RFC 9113 sections 5, 6 and 8): requests begin, bodies come, windows open. What breaks the rules of one
 * stream resets it, what breaks the connection's is thrown. Owned by one IO thread.
 */
final class ReceivedFrames implements FrameReader.Frames {
    /** Streams at a time, as nginx has it. */
    static final int MOST_STREAMS = 128;

    /** What the connection may receive beyond what its streams' windows say: one slow stream holds up no other. */
    static final int WINDOW = 16 << 20;

    private final Http2Connection connection;
    private final IoLoop loop;
    private final ClientTransport transport;
    private final FrameWriter writer;
    private final Streams streams;
    private final SendWindows windows;
    private final FloodGuard guard;
    private final HpackDecoder decoder = new HpackDecoder();
    private final RequestFields fields;
    private int receiveWindow = WINDOW;
    private long tableHeld;
    private final Deadline blockClock = new Deadline() {
        @Override
        protected void expired() {
            connection.giveUp(new ConnectionException(
                    ErrorCode.PROTOCOL_ERROR,
                    Cause.CLIENT_TIMEOUT,
                    "a header block that was not complete within limits.head_timeout"));
        }
    };

    /**
     * @param headLimit bytes that the fields of a request may have
     */
    ReceivedFrames(
            Http2Connection connection,
            FrameWriter writer,
            Streams streams,
            SendWindows windows,
            FloodGuard guard,
            int headLimit) {
        this.connection = connection;
        this.loop = connection.loop();
        this.transport = connection.transport();
        this.writer = writer;
        this.streams = streams;
        this.windows = windows;
        this.guard = guard;
        this.fields = new RequestFields(headLimit);
    }

    /** Bytes that the fields of a request may have from the next one on. */
    void headLimit(int bytes) {
        fields.most(bytes);
    }

    /** Its clock is stopped. */
    void release() {
        loop.deadlines().remove(blockClock);
    }

    @Override
    public void headers(int id, byte[] block, int length, boolean endStream) throws ConnectionException, IOException {
        blockClock.disarm();
        connection.renew();
        fields.reset();
        try {
            decoder.decode(block, 0, length, fields);
        } catch (HpackException e) {
            throw new ConnectionException(
                    ErrorCode.COMPRESSION_ERROR,
                    Cause.CLIENT_H2_COMPRESSION,
                    "on stream " + id + ": " + e.getMessage());
        }
        countTable();
        if ((id & 1) == 0) {
            throw ConnectionException.protocol("HEADERS on stream %d, which is the server's".formatted(id));
        }
        if (id <= streams.last()) {
            trailers(id, endStream);
        } else {
            streams.opens(id);
            begin(id, endStream);
        }
        if (length > 4096) {
            fields.release();
        }
    }

    private void countTable() {
        if (decoder.held() != tableHeld) {
            transport.memory().heap(decoder.held() - tableHeld);
            tableHeld = decoder.held();
        }
    }

    /** Trailers are judged and end the body. */
    private void trailers(int id, boolean endStream) throws ConnectionException {
        Http2Exchange stream = streams.get(id);
        if (stream == null) {
            if (!streams.isLatelyReset(id)) {
                throw new ConnectionException(
                        ErrorCode.STREAM_CLOSED,
                        Cause.CLIENT_H2_PROTOCOL,
                        "HEADERS on stream %d, which is closed".formatted(id));
            }
            guard.idleFrame(FrameType.HEADERS);
            return;
        }
        if (stream.ended()) {
            reset(stream, ErrorCode.STREAM_CLOSED, "HEADERS behind the end of the request");
        } else if (!endStream) {
            reset(stream, ErrorCode.PROTOCOL_ERROR, "trailers that do not end the request");
        } else if (!fields.malformed().isEmpty() || fields.anyPseudo()) {
            reset(
                    stream,
                    ErrorCode.PROTOCOL_ERROR,
                    "trailers with " + (fields.anyPseudo() ? "a pseudo-header field" : fields.malformed()));
        } else if (fields.tooBig() || fields.trailersLength() > Trailers.MOST) {
            reset(stream, ErrorCode.PROTOCOL_ERROR, "trailers of more than %d bytes".formatted(Trailers.MOST));
        } else {
            stream.requestTrailers(fields.trailers());
            stream.requestEnds();
        }
    }

    private void reset(Http2Exchange stream, ErrorCode code, String why) throws ConnectionException {
        guard.reset(); // it costs us the same, whoever says it
        connection.resetStream(stream, code);
        stream.resetByClient("the client broke HTTP/2's rules: " + why);
    }

    private void begin(int id, boolean endStream) throws IOException, ConnectionException {
        if (connection.goingAway()) {
            writer.reset(id, ErrorCode.REFUSED_STREAM); // it was told which stream is the last, and may ask elsewhere
            streams.wasReset(id);
            return;
        }
        Services services = connection.services();
        Limits limits = services.config().limits();
        RequestHead head = new RequestHead(limits.head(), limits.headers(), limits.uri(), loop.heads());
        Http2Exchange stream = new Http2Exchange(
                connection,
                id,
                head,
                new Spill(loop, transport.memory(), 2L * Http2Exchange.WINDOW, 0, services.files()),
                new Spill(loop, transport.memory(), 64 << 10, 0, services.files()),
                windows.initial());
        if (streams.size() >= MOST_STREAMS) {
            new RejectedStream(services, stream)
                    .refuse(Failure.of(
                            Cause.CLIENT_H2_STREAMS,
                            "stream %d beside %d others, SETTINGS_MAX_CONCURRENT_STREAMS is %d"
                                    .formatted(id, streams.size(), MOST_STREAMS)));
            writer.reset(id, ErrorCode.REFUSED_STREAM);
            streams.wasReset(id);
            guard.reset();
            return;
        }
        connection.busy();
        streams.add(stream);
        try {
            StreamHead.read(fields, stream, endStream, limits);
        } catch (MessageException e) {
            RejectedStream rejected = new RejectedStream(services, stream);
            stream.refuseBody();
            if (endStream) {
                stream.requestEnds();
            }
            rejected.answer(e.failure());
            return;
        }
        HttpExchange request = new HttpExchange(services, stream);
        stream.events(request);
        if (endStream) {
            stream.requestEnds();
        }
        request.begin();
    }

    @Override
    public void blockBegins() {
        connection.renew();
        loop.deadlines()
                .arm(
                        blockClock,
                        connection.services().config().limits().headTimeout().toNanos());
    }

    @Override
    public void data(int id, ByteBuffer payload, int flow, boolean endStream) throws ConnectionException, IOException {
        Http2Exchange stream = streams.opened(id);
        receiveWindow -= flow;
        if (receiveWindow < 0) {
            throw new ConnectionException(
                    ErrorCode.FLOW_CONTROL_ERROR, Cause.CLIENT_H2_PROTOCOL, "DATA beyond the connection's window");
        }
        if (receiveWindow < WINDOW / 2) {
            writer.windowUpdate(0, WINDOW - receiveWindow);
            receiveWindow = WINDOW;
        }
        if (stream == null || !payload.hasRemaining() && !endStream) {
            guard.idleFrame(FrameType.DATA);
        } else {
            guard.useful(payload.remaining());
        }
        if (stream == null) {
            if (!streams.isLatelyReset(id)) {
                throw new ConnectionException(
                        ErrorCode.STREAM_CLOSED,
                        Cause.CLIENT_H2_PROTOCOL,
                        "DATA on stream %d, which is closed".formatted(id));
            }
            return; // on its way when we reset the stream
        }
        if (stream.overruns(flow)) {
            reset(stream, ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the stream's window");
            return;
        }
        if (stream.ended()) {
            reset(stream, ErrorCode.STREAM_CLOSED, "DATA behind the end of the request");
            return;
        }
        stream.data(payload, flow);
        if (endStream && streams.get(id) == stream) {
            stream.requestEnds();
        }
    }

    @Override
    public void reset(int id, int code) throws ConnectionException {
        Http2Exchange stream = streams.opened(id);
        guard.reset();
        if (stream != null) {
            streams.wasReset(id);
            stream.resetByClient("the client reset stream %d (%s)".formatted(id, ErrorCode.shown(code)));
        }
    }

    @Override
    public void settings(int identifier, int value) throws ConnectionException {
        switch (identifier) {
            case 1 -> writer.tableShrinks();
            case 2 -> {
                if (value != 0 && value != 1) {
                    throw ConnectionException.protocol("SETTINGS_ENABLE_PUSH of " + Integer.toUnsignedString(value));
                }
            }
            case 4 -> windows.initial(value);
            case 5 -> {
                if (value < FrameType.LONGEST || value > (1 << 24) - 1) {
                    throw ConnectionException.protocol("SETTINGS_MAX_FRAME_SIZE of " + Integer.toUnsignedString(value));
                }
            }
            default -> {} // RFC 9113 section 6.5.2: what is not known is ignored
        }
    }

    @Override
    public void settingsEnd() throws IOException {
        writer.settingsAck();
        windows.pump();
    }

    @Override
    public void ping(long opaque) throws IOException {
        writer.pingAck(opaque);
    }

    @Override
    public void goAway(int last, int code) {
        connection.clientLeaves(); // what it still asks for is answered (fact row HC138)
    }

    @Override
    public void windowUpdate(int id, int more) throws ConnectionException, IOException {
        if (id == 0) {
            windows.opened(more);
        } else {
            Http2Exchange stream = streams.opened(id);
            if (stream == null) {
                return;
            }
            if (more == 0) {
                reset(stream, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
                return;
            }
            if (!stream.opened(more)) {
                reset(stream, ErrorCode.FLOW_CONTROL_ERROR, "a window beyond 2^31-1");
                return;
            }
        }
        windows.pump();
    }
}
