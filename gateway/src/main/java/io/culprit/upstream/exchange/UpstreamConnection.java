package io.culprit.upstream.exchange;

import io.culprit.config.UpstreamConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.http.ResponseHead;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.upstream.AttemptListener;
import io.culprit.upstream.AttemptTimer;
import io.culprit.upstream.Peer;
import io.culprit.upstream.ResponseListener;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.UpstreamChannel;
import io.culprit.upstream.pool.IdlePool;
import io.culprit.upstream.request.UpstreamRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a peer, whatever protocol its reader speaks: it carries one exchange at a time and idles in the pool
 * between them. Holds the deadline of whatever phase the exchange is in. Owned by one IO thread.
 *
 * <pre>
 *   begin -> SEND ----> HEAD ----> BODY ----> pooled or closed
 *              \________/ (a response may come before the request is fully sent)
 * </pre>
 */
public final class UpstreamConnection implements ChannelHandler, IdlePool.Pooled<Peer> {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);

    private final IoLoop loop;
    private final UpstreamChannel channel;
    private final Peer peer;
    private final UpstreamConfig config;
    private final IdlePool<Peer, UpstreamConnection> pool;
    private final BooleanSupplier wanted;
    private final Runnable closed;
    private final long openedNanos;
    private final Exchange exchange = new Exchange(this);
    private final ResponseReader reader;
    private final Diagnosis diagnosis;
    private final ResponseIntake intake;
    private final ConnectionWeight weight;
    private final Deadline phase = new Deadline() {
        @Override
        protected void expired() {
            phaseExpired();
        }
    };
    private long idleSinceNanos;
    private int served;
    private boolean busy;
    private boolean open = true;

    /**
     * @param reader reads the protocol the peer speaks; the connection's own
     * @param wanted whether somebody waits for a place that closing this connection would free
     * @param closed run once when the connection is closed, to give its place in the budgets back
     */
    public UpstreamConnection(
            IoLoop loop,
            UpstreamChannel channel,
            Peer peer,
            UpstreamConfig config,
            ResponseReader reader,
            IdlePool<Peer, UpstreamConnection> pool,
            BooleanSupplier wanted,
            Runnable closed) {
        this(loop, channel, peer, config, reader, pool, wanted, closed, System.nanoTime());
    }

    private UpstreamConnection(
            IoLoop loop,
            UpstreamChannel channel,
            Peer peer,
            UpstreamConfig config,
            ResponseReader reader,
            IdlePool<Peer, UpstreamConnection> pool,
            BooleanSupplier wanted,
            Runnable closed,
            long openedNanos) {
        this.openedNanos = openedNanos;
        this.loop = loop;
        this.channel = channel;
        this.peer = peer;
        this.config = config;
        this.pool = pool;
        this.wanted = wanted;
        this.closed = closed;
        this.reader = reader;
        this.diagnosis = new Diagnosis(reader, exchange, config, peer);
        this.intake = new ResponseIntake(this, reader, exchange, diagnosis);
        this.weight = new ConnectionWeight(loop, reader);
        channel.handler(this);
    }

    /** Bytes were read: what it holds may have grown. */
    void weigh() {
        weight.update();
    }

    IoLoop loop() {
        return loop;
    }

    UpstreamChannel channel() {
        return channel;
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public long ageNanos(long now) {
        return now - openedNanos;
    }

    /** Nanoseconds from the end of its last exchange to {@code now} of {@link System#nanoTime}. */
    public long idleNanos(long now) {
        return now - idleSinceNanos;
    }

    @Override
    public int served() {
        return served;
    }

    @Override
    public void pooled(boolean inPool) {
        peer.idleChanged(loop.number(), inPool ? 1 : -1);
    }

    /**
     * Whether the upstream still keeps its end, as far as one look can tell: for requests that could not be repeated. Only
     * while it idles, taken out of the pool.
     */
    public boolean looksOpen() {
        try {
            return channel.read(loop.peekBuffer()) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The upstream ended it while it idled. */
    private void closedIdle() {
        peer.habit().closedAfter(System.nanoTime() - idleSinceNanos);
    }

    /**
     * Leaves its thread for another, which makes an {@link Idle#adopt own connection} of it; empty when it cannot, and is closed. Only
     * while it idles, taken out of the pool.
     */
    public Optional<Idle> leave() {
        Optional<UpstreamChannel.Detached> detached = channel.detach();
        if (detached.isEmpty()) {
            close();
            return Optional.empty();
        }
        gone();
        return Optional.of(new Idle(detached.get(), peer, openedNanos, idleSinceNanos, served, closed));
    }

    /** A kept connection between two threads. */
    public static final class Idle {
        private final UpstreamChannel.Detached channel;
        private final Peer peer;
        private final long openedNanos;
        private final long idleSinceNanos;
        private final int served;
        private final Runnable closed;

        private Idle(
                UpstreamChannel.Detached channel,
                Peer peer,
                long openedNanos,
                long idleSinceNanos,
                int served,
                Runnable closed) {
            this.channel = channel;
            this.peer = peer;
            this.openedNanos = openedNanos;
            this.idleSinceNanos = idleSinceNanos;
            this.served = served;
            this.closed = closed;
        }

        /**
         * The connection on its new thread, which must be the caller's.
         *
         * @throws IOException when the channel has been closed meanwhile; its places have been given back
         */
        public UpstreamConnection adopt(
                IoLoop loop,
                UpstreamConfig config,
                ResponseReader reader,
                IdlePool<Peer, UpstreamConnection> pool,
                BooleanSupplier wanted)
                throws IOException {
            try {
                UpstreamConnection adopted = new UpstreamConnection(
                        loop, channel.attach(loop), peer, config, reader, pool, wanted, closed, openedNanos);
                adopted.idleSinceNanos = idleSinceNanos;
                adopted.served = served;
                return adopted;
            } catch (IOException e) {
                drop();
                throw e;
            }
        }

        /** Nobody wants it: closes it. Any thread may call. */
        public void drop() {
            channel.close();
            closed.run();
        }
    }

    boolean isCurrent(Exchange candidate) {
        return busy && candidate == exchange;
    }

    /** Sends the request and reads its response; exactly one method of {@code attempt} is called in the end. */
    public void begin(UpstreamRequest request, ResponseListener response, AttemptListener attempt, AttemptTimer timer) {
        busy = true;
        intake.begin();
        served++;
        reader.begin(request);
        phase.disarm();
        exchange.begin(request, response, attempt, timer);
    }

    void armSend() {
        if (reader.inHead()) {
            loop.deadlines().arm(phase, config.timeouts().send().toNanos());
        }
    }

    void disarm() {
        if (reader.inHead()) {
            phase.disarm();
        }
    }

    void requestSent(long now) {
        if (reader.inHead()) {
            loop.deadlines().armAt(phase, now + config.timeouts().head().toNanos());
        }
    }

    /** The request could not be sent to its end: an answer may be waiting all the same. */
    void sendBroke() {
        readable();
        if (busy && reader.inHead()) {
            failed(diagnosis.sendError());
        }
    }

    @Override
    public void writable() {
        if (busy) {
            exchange.writable();
        }
    }

    @Override
    public void readable() {
        if (busy) {
            intake.read();
        } else {
            idleEvent();
        }
    }

    /** The client took what was buffered: go on reading. */
    public void resume() {
        if (busy) {
            intake.resume();
        }
    }

    /** BODY: the upstream is due to send something. */
    void armBody() {
        loop.deadlines().arm(phase, config.timeouts().body().toNanos());
    }

    /** We are the ones who do not read. */
    void disarmBody() {
        phase.disarm();
    }

    boolean isBusy() {
        return busy;
    }

    /** An idle connection became readable: its end, or bytes nobody asked for, or nothing (the selector may be late). */
    private void idleEvent() {
        try {
            int n = channel.read(loop.readBuffer());
            if (n == 0) {
                return;
            }
            if (n < 0) {
                closedIdle();
            }
        } catch (IOException e) {
            closedIdle();
            LOG.debug("an idle connection to {} broke: {}", peer.name(), e.getMessage());
        }
        pool.forget(this);
        close();
    }

    private void phaseExpired() {
        if (busy) {
            failed(diagnosis.timeout());
        } else {
            pool.forget(this);
            close();
        }
    }

    void failed(Failure failure) {
        if (!busy) {
            return;
        }
        AttemptListener attempt = exchange.attempt();
        Failure supported = failure;
        for (Evidence each : reader.evidence()) {
            supported = supported.with(each);
        }
        close();
        attempt.attemptFailed(supported);
    }

    /**
     * The response is complete.
     *
     * @param excess bytes that came behind it
     */
    void finish(int excess) {
        AttemptListener attempt = exchange.attempt();
        boolean keep = reader.reusable()
                && exchange.isSent()
                && excess == 0
                && !loop.memory().budget().reached(MemoryBudget.Level.PAUSE);
        Failure warning =
                excess > 0 ? Diagnosis.excess(excess) : reader.warning().orElse(null);
        long now = exchange.timer().lastReadNanos();
        endExchange();
        phase.disarm();
        long announced = keep ? reader.announcedIdleNanos() : ResponseReader.NOT_ANNOUNCED;
        if (announced >= 0) {
            peer.habit().announced(announced);
        }
        if (keep && pool.keep(this, wanted.getAsBoolean(), now)) {
            idleSinceNanos = now;
            loop.deadlines().armAt(phase, now + peer.habit().keptNanos(pool.idleNanos()));
            if (wanted.getAsBoolean()) { // it came between our look and the pool's being seen
                pool.forget(this);
                close();
            }
        } else {
            close();
        }
        attempt.attemptComplete(warning);
        if (open && !busy) {
            reader.rest();
            weight.update();
        }
    }

    /** Idles in its pool from now on, for as long as is left of its time; only after it changed hands. */
    public void rest() {
        if (pool.keep(this, wanted.getAsBoolean(), System.nanoTime())) {
            loop.deadlines().armAt(phase, idleSinceNanos + peer.habit().keptNanos(pool.idleNanos()));
        } else {
            close();
        }
    }

    /** The upstream switched protocols: the channel leaves this connection, which is no more. */
    void switched(ResponseHead head, ByteBuffer early) {
        AttemptListener attempt = exchange.attempt();
        exchange.timer().headComplete(head.status());
        gone();
        endExchange();
        attempt.attemptSwitched(head, early, channel, closed);
    }

    private void gone() {
        open = false;
        loop.deadlines().remove(phase);
        weight.lift();
    }

    private void endExchange() {
        busy = false;
        exchange.timer().stderr(reader.stderr());
        exchange.end();
    }

    /** Ends the exchange without an answer and closes. Idempotent; the attempt is told nothing. */
    public void cancel() {
        close();
    }

    @Override
    public void discard() {
        close();
    }

    private void close() {
        if (!open) {
            return;
        }
        gone();
        if (busy) {
            endExchange();
        }
        channel.close();
        closed.run();
    }

    @Override
    public void abandoned(String why) {
        if (busy) {
            failed(Failure.of(Cause.GATEWAY_INTERNAL, why));
        } else {
            pool.forget(this);
            close();
        }
    }

    @Override
    public void connected() {
        throw new IllegalStateException("the channel was connected already");
    }

    @Override
    public void connectFailed(IOException e) {
        throw new IllegalStateException("the channel was connected already", e);
    }
}
