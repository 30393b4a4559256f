package io.culprit.server.opening;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Trouble;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.request.RejectedConnection;
import io.culprit.server.request.Services;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection whose first bytes decide what it goes on as. Owned by one IO thread. */
abstract class Opening extends ClientConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    private final Services services;
    private final ClientTransport transport;
    private final IoLoop loop;
    private final Deadline clock = new Deadline() {
        @Override
        protected void expired() {
            if (held == null) {
                close(); // it never sent a byte
            } else {
                late(held.position());
            }
        }
    };
    private @Nullable ByteBuffer held;
    private boolean over;

    Opening(Services services, ClientTransport transport) {
        this.services = services;
        this.transport = transport;
        this.loop = services.loop(transport.socket().getIoThread());
    }

    /**
     * Looks at all that has come, from position 0 to the buffer's position; calls {@link #goOn} or {@link #refuse}, or neither
     * when more is needed.
     */
    abstract void look(ByteBuffer soFar);

    /** Nothing more will come; {@code bytes} have. */
    abstract void ended(int bytes);

    /** It took longer than {@code limits.head_timeout}. */
    abstract void late(int bytes);

    final ClientTransport transport() {
        return transport;
    }

    final Services services() {
        return services;
    }

    @Override
    public final IoLoop loop() {
        return loop;
    }

    @Override
    public final void start() {
        transport.socket().setCloseListener(c -> closed());
        transport.socket().getSourceChannel().setReadListener(c -> readable());
        services.clients().idle(loop).add(this, System.nanoTime());
        loop.deadlines().arm(clock, services.config().limits().headTimeout().toNanos());
        ByteBuffer early = transport.takeEarly();
        if (early.hasRemaining()) {
            held().put(early);
        }
        transport.socket().getSourceChannel().resumeReads();
        readable();
    }

    private ByteBuffer held() {
        if (held == null) {
            held = loop.lend();
            transport.memory().buffers(IoLoop.POOLED_SIZE);
            services.clients().idle(loop).remove(this);
        }
        return held;
    }

    @Override
    protected final void readable() {
        if (over) {
            return;
        }
        try {
            ByteBuffer in = loop.readBuffer().limit(held == null ? IoLoop.POOLED_SIZE : held.remaining());
            int n = transport.source().read(in);
            if (n > 0) {
                held().put(in.flip());
            }
            if (held != null) {
                look(held);
            }
            if (!over && n < 0) {
                if (held == null) {
                    close();
                } else {
                    ended(held.position());
                }
            }
        } catch (IOException e) {
            if (held == null) {
                close();
            } else {
                ended(held.position());
            }
        } catch (RuntimeException | Error e) {
            Trouble.endIfOutOfMemory(e);
            LOG.error("a client's connection failed inside the gateway: {}", Trouble.line(e));
            close();
        }
    }

    /** The connection goes on as another; what was read behind the first {@code used} bytes is the next one's. */
    final void goOn(ClientConnection next) {
        finish();
        services.clients().replace(this, next);
        next.start();
    }

    /** What was read, without its first bytes, as bytes that outlive this. */
    final ByteBuffer rest(int used) {
        ByteBuffer read = Objects.requireNonNull(held).duplicate().flip().position(used);
        return ByteBuffer.allocate(read.remaining()).put(read).flip();
    }

    private void finish() {
        over = true;
        loop.deadlines().remove(clock);
        services.clients().idle(loop).remove(this);
        if (held != null) {
            loop.giveBack(held);
            transport.memory().buffers(-IoLoop.POOLED_SIZE);
            held = null;
        }
    }

    /** The connection ends, for a reason that has a name. */
    final void refuse(Cause cause, String protocol, String detail) {
        if (!over) {
            finish();
            RejectedConnection.record(services, loop, transport.peer(), protocol, Failure.of(cause, detail));
            close();
        }
    }

    @Override
    public final void drain(long quietSince) {
        if (held == null && isIdleSince(quietSince)) {
            readable(); // what has come already is served
            if (!over && held == null) {
                close();
            }
        }
    }

    @Override
    public final void stop() {
        close();
    }

    @Override
    public final void terminate() {
        close();
    }

    @Override
    protected final boolean isOpen() {
        return transport.isOpen();
    }

    @Override
    public final void close() {
        transport.close();
    }

    private void closed() {
        finish();
        services.clients().closed(this);
        transport.memory().close();
    }
}
