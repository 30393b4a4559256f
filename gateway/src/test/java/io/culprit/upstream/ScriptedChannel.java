package io.culprit.upstream;

import io.culprit.loop.IoLoop;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.UpstreamChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A peer's end in the test's hands: it sends and takes what the test says. Used on its loop's thread. */
public final class ScriptedChannel implements UpstreamChannel {
    /** The peer's proper end. */
    public static final Object END = new Object();

    private final Deque<Object> incoming = new ArrayDeque<>();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private ChannelHandler handler;

    public boolean connected;
    public boolean closed;
    public int closes;
    public boolean reads = true;
    public boolean writes;
    public boolean endsProperly = true;
    public boolean movable;
    public boolean moveFails;
    /** Bytes that a write takes at most. */
    public int takes = Integer.MAX_VALUE;
    /** What the next write ends with. */
    public IOException breaks;
    /** Reads so far that found something or an end. */
    public int readings;

    ScriptedChannel(ChannelHandler handler, boolean connected) {
        this.handler = handler;
        this.connected = connected;
    }

    /** The peer sends these: text, bytes, an {@link IOException} or {@link #END}; whoever listens is told. */
    public void feed(Object... events) {
        put(events);
        pump();
    }

    /** The same, and nobody has been told yet. */
    public void put(Object... events) {
        for (Object each : events) {
            incoming.add(each instanceof String text ? text.getBytes(StandardCharsets.ISO_8859_1) : each);
        }
    }

    /** As a selector does: tells of what is there for as long as some of it is taken. */
    public void pump() {
        int before = -1;
        while (!closed && reads && !incoming.isEmpty() && readings != before) {
            before = readings;
            handler.readable();
        }
    }

    /** Whether bytes wait that nobody has read. */
    public boolean unread() {
        return !incoming.isEmpty();
    }

    /** The selector is late: nothing is there any more. */
    public void wake() {
        handler.readable();
    }

    /** The peer takes bytes again. */
    public void drain(int most) {
        takes = most;
        handler.writable();
    }

    /** The connection stands. */
    public void stand() {
        connected = true;
        handler.connected();
    }

    public ChannelHandler handler() {
        return handler;
    }

    /** All that was sent to the peer. */
    public String taken() {
        return taken.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean connected() {
        return connected;
    }

    @Override
    public void handler(ChannelHandler newHandler) {
        handler = newHandler;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        Object next = incoming.peek();
        if (next == null) {
            return 0;
        }
        readings++;
        if (next == END) {
            return -1;
        }
        incoming.poll();
        if (next instanceof IOException e) {
            throw e;
        }
        byte[] bytes = (byte[]) next;
        int n = Math.min(bytes.length, target.remaining());
        target.put(bytes, 0, n);
        if (n < bytes.length) {
            incoming.addFirst(java.util.Arrays.copyOfRange(bytes, n, bytes.length));
        }
        return n;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (breaks != null) {
            throw breaks;
        }
        int n = Math.min(takes, source.remaining());
        for (int i = 0; i < n; i++) {
            taken.write(source.get());
        }
        takes -= takes == Integer.MAX_VALUE ? 0 : n;
        return n;
    }

    @Override
    public boolean endedProperly() {
        return endsProperly;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void resumeWrites() {
        writes = true;
    }

    @Override
    public void suspendWrites() {
        writes = false;
    }

    @Override
    public void resumeReads() {
        reads = true;
    }

    @Override
    public void suspendReads() {
        reads = false;
    }

    @Override
    public Optional<Detached> detach() {
        if (!movable) {
            return Optional.empty();
        }
        return Optional.of(new Detached() {
            @Override
            public UpstreamChannel attach(IoLoop loop) throws IOException {
                if (moveFails) {
                    throw new IOException("closed meanwhile");
                }
                return ScriptedChannel.this;
            }

            @Override
            public void close() {
                ScriptedChannel.this.close();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        closes++;
    }
}
