package io.culprit.server.http2;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The streams of one connection: those that run, which was opened last, and which were reset lately. Owned by one IO thread. */
final class Streams {
    private final Map<Integer, Http2Exchange> running = new HashMap<>();
    private final ResetStreams lately = new ResetStreams();
    private int last;

    /** The running stream of that number, null when it is over or was never opened. */
    @Nullable
    Http2Exchange get(int id) {
        return running.get(id);
    }

    /**
     * The running stream that a frame is for, null when it is over.
     *
     * @throws ConnectionException when it was never opened (RFC 9113 section 5.1)
     */
    @Nullable
    Http2Exchange opened(int id) throws ConnectionException {
        if (id > last || (id & 1) == 0) {
            throw ConnectionException.protocol("a frame on stream %d, which is idle".formatted(id));
        }
        return running.get(id);
    }

    /** Number of the stream that was opened last, 0 before the first. */
    int last() {
        return last;
    }

    /** The client has opened this one, whatever comes of it. */
    void opens(int id) {
        last = id;
    }

    void add(Http2Exchange stream) {
        running.put(stream.id(), stream);
    }

    /** Whether it ran. */
    boolean remove(Http2Exchange stream) {
        boolean ran = running.remove(stream.id(), stream);
        if (ran) {
            lately.add(stream.id());
        }
        return ran;
    }

    /** Frames for it may be on their way still. */
    void wasReset(int id) {
        lately.add(id);
    }

    boolean isLatelyReset(int id) {
        return lately.contains(id);
    }

    int size() {
        return running.size();
    }

    boolean isEmpty() {
        return running.isEmpty();
    }

    Collection<Http2Exchange> running() {
        return Collections.unmodifiableCollection(running.values());
    }

    /** A copy, for what ends some of them on its way. */
    List<Http2Exchange> all() {
        return List.copyOf(running.values());
    }
}
