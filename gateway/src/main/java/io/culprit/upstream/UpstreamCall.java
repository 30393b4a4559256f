package io.culprit.upstream;

import io.culprit.failure.Attempt;
import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.RetryClass;
import io.culprit.http.ResponseHead;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.channel.UpstreamChannel;
import io.culprit.upstream.exchange.UpstreamConnection;
import io.culprit.upstream.request.UpstreamRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request's dealings with an upstream: resolve, then attempts until one answers or no further one may be made.
 * Owned by the request's IO thread. Exactly one of {@link ResponseListener#complete} and {@link
 * ResponseListener#failed} is called, unless {@link #cancel} came first.
 */
public final class UpstreamCall implements AttemptListener {
    private final Upstream upstream;
    private final IoLoop loop;
    private final UpstreamRequest request;
    private final ResponseListener listener;
    private final AttemptTimer timer = new AttemptTimer();
    private long startNanos;
    private List<Attempt> attempts = List.of();
    private List<Peer> tried = List.of();
    private @Nullable PeerGroup group;
    private @Nullable Peer peer;
    private @Nullable Connector connector;
    private @Nullable UpstreamConnection connection;
    private int made;
    private int allowed;
    private boolean attempting;
    private boolean ended;

    public UpstreamCall(Upstream upstream, IoLoop loop, UpstreamRequest request, ResponseListener listener) {
        this.upstream = upstream;
        this.loop = loop;
        this.request = request;
        this.listener = listener;
    }

    /** The attempts that have ended so far, in order. */
    public List<Attempt> attempts() {
        return attempts;
    }

    /** The failure a relayed 5xx stands for, with what the application had to say about it. */
    public Failure originError() {
        Attempt last = attempts.get(attempts.size() - 1);
        Failure failure = Failure.of(Cause.ORIGIN_ERROR, "the upstream answered " + last.status());
        return last.stderr().isEmpty() ? failure : failure.with(new Evidence("stderr", last.stderr()));
    }

    /**
     * Begins; the listener hears of the end.
     *
     * @param now of {@link System#nanoTime}
     */
    public void start(long now) {
        startNanos = now;
        if (upstream.peers().ready(loop, this::resolved)) {
            firstAttempt(now);
        }
    }

    private void resolved() {
        if (!ended && !attempting && made == 0 && upstream.peers().settled()) {
            firstAttempt(System.nanoTime());
        }
    }

    /** The group that was asked, from the first attempt on. */
    private PeerGroup group() {
        return Objects.requireNonNull(group);
    }

    /** The peer of the attempt under way. */
    private Peer peer() {
        return Objects.requireNonNull(peer);
    }

    private void firstAttempt(long now) {
        PeerGroup asked = upstream.peers().group();
        group = asked;
        int most = upstream.config().nextUpstream().tries();
        allowed = most == 0 ? asked.tries() : Math.min(most, asked.tries());
        next(now);
    }

    private void next(long now) {
        Optional<Peer> chosen = upstream.choose(group(), tried, request.clientAddress());
        if (chosen.isEmpty()) {
            end();
            if (made > 0) {
                Failure last =
                        Objects.requireNonNull(attempts.get(attempts.size() - 1).failure());
                listener.failed(last.cause() == Cause.ORIGIN_ERROR ? noneLive() : last, "no other peer is live");
            } else {
                listener.failed(
                        group().nameFailure().filter(f -> group().size() == 0).orElseGet(this::noneLive), "");
            }
            return;
        }
        Peer next = chosen.get();
        peer = next;
        attempting = true;
        made++;
        request.attempt(made);
        timer.start(next.name());
        Optional<UpstreamConnection> kept = kept(now);
        if (kept.isPresent()) {
            reuse(kept.get(), now);
        } else {
            timer.connecting();
            Connector fresh = new Connector(
                    upstream,
                    next,
                    loop,
                    request.clientRoute(),
                    true,
                    this::use,
                    taken -> reuse(taken, System.nanoTime()),
                    idle -> usable(idle, System.nanoTime()),
                    this::connectFailed);
            connector = fresh;
            fresh.onHandshake(timer::handshaking);
            fresh.start();
        }
    }

    private void reuse(UpstreamConnection kept, long now) {
        timer.reusing(now, kept.ageNanos(now), kept.idleNanos(now), kept.served());
        use(kept);
    }

    /** The kept connection used last; for a request that could not be repeated, one that is good as far as can be seen. */
    private Optional<UpstreamConnection> kept(long now) {
        while (true) {
            Optional<UpstreamConnection> kept = upstream.pool(loop).take(peer());
            if (kept.isEmpty() || usable(kept.get(), now)) {
                return kept;
            }
            kept.get().discard();
        }
    }

    private boolean usable(UpstreamConnection kept, long now) {
        boolean repeatable =
                Retry.idempotent(request.method()) && request.body().repeatable();
        return repeatable || kept.idleNanos(now) < peer().habit().safeNanos() && kept.looksOpen();
    }

    private Failure noneLive() {
        var reasons = new ArrayList<String>();
        boolean anyFull = false;
        for (List<Peer> tier : List.of(group().primaries(), group().backups())) {
            for (Peer each : tier) {
                String why = each.whyUnavailable();
                anyFull |= why.endsWith("in use");
                reasons.add(why);
            }
        }
        return Failure.of(anyFull ? Cause.POOL_FULL : Cause.PEERS_NONE_LIVE, String.join("; ", reasons));
    }

    private void use(UpstreamConnection usable) {
        connector = null;
        connection = usable;
        usable.begin(request, listener, this, timer);
    }

    private void connectFailed(Failure failure) {
        connector = null;
        attemptFailed(failure);
    }

    @Override
    public boolean refuses(int status) {
        var rules = upstream.config().nextUpstream();
        return rules.lists(status)
                && Retry.refusal(Failure.of(Cause.ORIGIN_ERROR, ""), situation(false), rules)
                        .isEmpty()
                && upstream.hasOther(group(), peer(), tried);
    }

    @Override
    public void attemptComplete(@Nullable Failure warning) {
        Attempt attempt = timer.complete(warning);
        note(attempt);
        Peer answered = peer();
        leavePeer();
        int status = attempt.status();
        boolean listed = upstream.config().nextUpstream().lists(status);
        if (listed && (status >= 500 || status == 429)) {
            upstream.peerFailed(
                    group(), answered, request.id(), Failure.of(Cause.ORIGIN_ERROR, "the upstream answered " + status));
        } else {
            upstream.peerSucceeded(answered);
        }
        end();
        listener.complete(warning);
    }

    @Override
    public void attemptSwitched(ResponseHead head, ByteBuffer early, UpstreamChannel channel, Runnable closed) {
        note(timer.complete(null));
        Peer held = peer();
        upstream.peerSucceeded(held);
        attempting = false;
        connection = null;
        peer = null;
        end();
        listener.switched(head, early, new UpstreamTunnel() {
            private boolean over;

            @Override
            public UpstreamChannel channel() {
                return channel;
            }

            @Override
            public void close() {
                if (!over) {
                    over = true;
                    channel.close();
                    closed.run();
                    held.leave();
                }
            }
        });
    }

    @Override
    public void attemptFailed(Failure failure) {
        Retry.Situation now =
                situation(timer.reused() && timer.bytesIn() == 0 && Retry.classOf(failure.cause()) == RetryClass.ERROR);
        note(timer.fail(failure));
        Peer broken = peer();
        leavePeer();
        // nginx: 403 and 404 never count as unsuccessful attempts, 429 and 5xx do where they are listed.
        boolean counts = failure.cause() != Cause.ORIGIN_ERROR || timer.status() >= 500 || timer.status() == 429;
        if (counts
                && failure.cause().blame() != Blame.GATEWAY
                && failure.cause().blame() != Blame.CLIENT) {
            upstream.peerFailed(group(), broken, request.id(), failure);
        }
        // A response that was given up is repeated in any case: refuses() has decided.
        String refusal = failure.cause() == Cause.ORIGIN_ERROR
                ? ""
                : Retry.refusal(failure, now, upstream.config().nextUpstream());
        if (!refusal.isEmpty()) {
            conclude(broken, failure, refusal);
            return;
        }
        listener.discard();
        if (!request.body().isEmpty()) {
            request.body().rewind();
        }
        if (now.staleReuse()) {
            allowed++; // a kept connection that died says nothing about the peer
            loop.execute(this::again); // not from here: thousands of kept connections may have died together
        } else {
            tried = plus(tried, broken);
            next(System.nanoTime());
        }
    }

    /** No further attempt: the failure is told, with evidence where a look around can find some. */
    private void conclude(Peer broken, Failure failure, String refusal) {
        if (!upstream.examiner().helps(failure.cause())) {
            end();
            listener.failed(failure, refusal);
            return;
        }
        long age = attempts.get(attempts.size() - 1).totalNanos();
        upstream.examiner().examine(loop, broken, failure.cause(), age, evidence -> {
            if (!ended) { // the client may have left meanwhile
                end();
                Failure explained = failure.with(evidence);
                attempts.set(
                        attempts.size() - 1, attempts.get(attempts.size() - 1).with(explained));
                listener.failed(explained, refusal);
            }
        });
    }

    private void again() {
        if (!ended) {
            next(System.nanoTime());
        }
    }

    private Retry.Situation situation(boolean stale) {
        return new Retry.Situation(
                request.method(),
                timer.bytesOut() > 0,
                request.body().repeatable(),
                listener.committed(),
                stale,
                made,
                allowed,
                System.nanoTime() - startNanos);
    }

    private static <T> List<T> plus(List<T> list, T more) {
        List<T> grown = list.isEmpty() ? new ArrayList<>(2) : list;
        grown.add(more);
        return grown;
    }

    private void note(Attempt attempt) {
        attempts = plus(attempts, attempt);
    }

    private void leavePeer() {
        attempting = false;
        connection = null;
        peer().leave();
        peer = null;
    }

    /** The client took what was buffered: go on reading the response. */
    public void resume() {
        if (connection != null) {
            connection.resume();
        }
    }

    /** Ends the call without an answer, e.g. because the client left; {@code why} is noted in the attempt. */
    public void cancel(Failure why) {
        if (!ended) {
            stop(why);
        }
    }

    private void stop(Failure why) {
        if (connector != null) {
            connector.cancel();
            connector = null;
        }
        if (attempting) {
            if (connection != null) {
                connection.cancel(); // first, so that the attempt holds what the application had to say
            }
            note(timer.fail(why));
            leavePeer();
        }
        end();
    }

    private void end() {
        ended = true;
    }
}
