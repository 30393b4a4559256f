package io.culprit.server.http2;

import io.culprit.failure.Cause;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What the client's windows (RFC 9113 section 5.2) and its socket let us send, and the streams that wait for it, each in its turn.
 * Owned by one IO thread.
 */
final class SendWindows {
    /** What windows begin with. */
    static final int FIRST = 65_535;

    private final Streams streams;
    private final FrameWriter writer;
    private final FloodGuard guard;
    private final ArrayDeque<Http2Response> blocked = new ArrayDeque<>();
    private List<Http2Response> waiting = new ArrayList<>();
    private long connection = FIRST;
    private long initial = FIRST;

    SendWindows(Streams streams, FrameWriter writer, FloodGuard guard) {
        this.streams = streams;
        this.writer = writer;
        this.guard = guard;
    }

    /** Bytes that the connection's window has left. */
    long connection() {
        return connection;
    }

    /** Bytes that a new stream's window has. */
    long initial() {
        return initial;
    }

    /** A frame of a body went out. */
    void sent(int n) {
        guard.sent();
        connection -= n;
    }

    /** WINDOW_UPDATE of the connection. */
    void opened(int more) throws ConnectionException {
        if (more == 0) {
            throw ConnectionException.protocol("WINDOW_UPDATE of 0 for the connection");
        }
        connection += more;
        if (connection > Integer.MAX_VALUE) {
            throw beyond("the connection's window beyond 2^31-1");
        }
    }

    /** SETTINGS_INITIAL_WINDOW_SIZE: the windows of running streams move with it. */
    void initial(int value) throws ConnectionException {
        if (value < 0) {
            throw beyond("SETTINGS_INITIAL_WINDOW_SIZE beyond 2^31-1");
        }
        long more = value - initial;
        initial = value;
        for (Http2Exchange each : streams.running()) {
            if (!each.opened(more)) {
                throw beyond("SETTINGS_INITIAL_WINDOW_SIZE that opens stream %d beyond 2^31-1".formatted(each.id()));
            }
        }
    }

    private static ConnectionException beyond(String what) {
        return new ConnectionException(ErrorCode.FLOW_CONTROL_ERROR, Cause.CLIENT_H2_PROTOCOL, what);
    }

    /** A stream has more than windows or socket take. */
    void blocked(Http2Response stream) {
        blocked.add(stream);
    }

    /** A stream wants to know when all has left. */
    void waits(Http2Response stream) {
        waiting.add(stream);
    }

    /** Each stream that waits for windows or socket gets its turn. */
    void pump() throws IOException {
        for (int i = blocked.size(); i > 0 && connection > 0 && !writer.congested(); i--) {
            Http2Response next = blocked.poll();
            if (streams.get(next.id()) == next && next.pump()) {
                blocked.add(next);
            }
        }
    }

    /** All that was written has left: whoever has more sends it, and when there is nothing those who wait for that are told. */
    void quiet() {
        try {
            pump();
        } catch (IOException e) {
            writer.abort();
        }
        if (!writer.quiet() || waiting.isEmpty()) {
            return;
        }
        List<Http2Response> told = waiting;
        waiting = new ArrayList<>();
        for (Http2Response each : told) {
            each.quiet();
        }
    }
}
