package io.culprit.upstream.channel;

import io.culprit.loop.IoLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The way to a peer, whatever it is made of. Owned by one loop, which also calls its {@link ChannelHandler}. */
public interface UpstreamChannel {
    /** Whether the connection stands. */
    boolean connected();

    /** Who hears of events from now on. */
    void handler(ChannelHandler newHandler);

    /**
     * Reads once.
     *
     * @return bytes read, 0 when none are there, -1 at the end
     */
    int read(ByteBuffer target) throws IOException;

    /**
     * Writes once.
     *
     * @return bytes written, 0 when none are taken now
     */
    int write(ByteBuffer source) throws IOException;

    /** Whether an end that was read was meant by the other side, as far as the protocol below tells. */
    default boolean endedProperly() {
        return true;
    }

    /** Says that nothing more will be sent; what comes can still be read. */
    void shutdownOutput() throws IOException;

    /** Tells the handler when bytes are taken again. */
    void resumeWrites();

    /** Ends {@link #resumeWrites}. */
    void suspendWrites();

    /** Tells the handler when bytes arrive; the state after connecting. */
    void resumeReads();

    /** Leaves what arrives where it is: back-pressure. */
    void suspendReads();

    /** Leaves its loop, to be attached to another; empty where that cannot be done. The handler is told nothing more. */
    default Optional<Detached> detach() {
        return Optional.empty();
    }

    /** A channel between two loops. Any thread may hold it. */
    interface Detached {
        /**
         * Goes on on another loop, on whose thread this must be called; the handler is to be set next.
         *
         * @throws IOException when it was closed meanwhile
         */
        UpstreamChannel attach(IoLoop loop) throws IOException;

        /** Closes it; idempotent. */
        void close();
    }

    /** Closes; idempotent. The handler is told nothing. */
    void close();
}
