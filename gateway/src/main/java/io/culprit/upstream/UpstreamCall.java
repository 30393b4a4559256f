package io.culprit.upstream;

import io.culprit.failure.Attempt;
import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.RetryClass;
import io.culprit.failure.Text;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.http1.Http1Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    private final long startNanos = System.nanoTime();
    private List<Attempt> attempts = List.of();
    private List<Peer> tried = List.of();
    private PeerGroup group;
    private Peer peer;
    private Connector connector;
    private Http1Connection connection;
    private Deadline total;
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

    public void start() {
        long limit = upstream.config().timeouts().total().toNanos();
        if (limit > 0) {
            total = new Deadline() {
                @Override
                protected void expired() {
                    totalExpired(limit);
                }
            };
            loop.deadlines().arm(total, limit);
        }
        resolve();
    }

    private void resolve() {
        if (!ended && upstream.peers().ready(loop, this::resolved)) {
            firstAttempt();
        }
    }

    private void resolved() {
        if (!ended && !attempting && made == 0) {
            firstAttempt();
        }
    }

    private void firstAttempt() {
        group = upstream.peers().group();
        int most = upstream.config().nextUpstream().tries();
        allowed = most == 0 ? group.tries() : Math.min(most, group.tries());
        next("");
    }

    /** @param noRetry why the last attempt was not repeated, used when no peer is left */
    private void next(String noRetry) {
        Optional<Peer> chosen = upstream.choose(loop, group, tried, request.clientAddress());
        if (chosen.isEmpty()) {
            if (made > 0) {
                Failure last = attempts.get(attempts.size() - 1).failure();
                end();
                listener.failed(last, noRetry.isEmpty() ? "no other peer is live" : noRetry);
            } else {
                Failure failure =
                        group.nameFailure().filter(f -> group.size() == 0).orElseGet(this::noneLive);
                end();
                listener.failed(failure, "");
            }
            return;
        }
        peer = chosen.get();
        attempting = true;
        made++;
        timer.start(peer.name());
        Optional<Http1Connection> kept = upstream.pool(loop).take(peer);
        if (kept.isPresent()) {
            use(kept.get(), true);
        } else {
            timer.connecting();
            connector = new Connector(upstream, peer, loop, fresh -> use(fresh, false), this::connectFailed);
            connector.start();
        }
    }

    private Failure noneLive() {
        var reasons = new ArrayList<String>();
        boolean anyFull = false;
        for (List<Peer> tier : List.of(group.primaries(), group.backups())) {
            for (Peer each : tier) {
                String why = each.whyUnavailable();
                anyFull |= why.endsWith("in use");
                reasons.add(why);
            }
        }
        return Failure.of(anyFull ? Cause.POOL_FULL : Cause.PEERS_NONE_LIVE, String.join("; ", reasons));
    }

    private void use(Http1Connection usable, boolean kept) {
        connector = null;
        connection = usable;
        if (kept) {
            timer.reusing(usable.ageNanos(), usable.idleNanos(), usable.served());
        }
        usable.begin(request, listener, this, timer);
    }

    private void connectFailed(Failure failure) {
        connector = null;
        attemptFailed(failure);
    }

    @Override
    public boolean refuses(int status) {
        var rules = upstream.config().nextUpstream();
        return rules.statuses().contains(status)
                && Retry.refusal(Failure.of(Cause.ORIGIN_ERROR, ""), situation(false), rules)
                        .isEmpty()
                && made < allowed;
    }

    @Override
    public void attemptComplete(Failure warning) {
        Attempt attempt = timer.end(warning);
        note(attempt);
        Peer answered = peer;
        leavePeer();
        int status = attempt.status();
        boolean listed = upstream.config().nextUpstream().statuses().contains(status);
        if (listed && (status >= 500 || status == 429)) {
            upstream.peerFailed(
                    group, answered, request.id(), Failure.of(Cause.ORIGIN_ERROR, "the upstream answered " + status));
        } else {
            answered.succeeded();
        }
        end();
        listener.complete(warning);
    }

    @Override
    public void attemptFailed(Failure failure) {
        Retry.Situation now =
                situation(timer.reused() && timer.bytesIn() == 0 && Retry.classOf(failure.cause()) == RetryClass.ERROR);
        note(timer.end(failure));
        Peer broken = peer;
        leavePeer();
        if (failure.cause().blame() != Blame.GATEWAY && failure.cause().blame() != Blame.CLIENT) {
            upstream.peerFailed(group, broken, request.id(), failure);
        }
        String refusal = Retry.refusal(failure, now, upstream.config().nextUpstream());
        if (!refusal.isEmpty()) {
            end();
            listener.failed(failure, refusal);
            return;
        }
        listener.discard();
        if (!request.body().isEmpty()) {
            request.body().rewind();
        }
        if (now.staleReuse()) {
            allowed++; // as nginx: a kept connection that died says nothing about the peer
        } else {
            tried = plus(tried, broken);
        }
        next(refusal);
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
        peer.leave();
        peer = null;
    }

    private void totalExpired(long limit) {
        Failure failure = Failure.of(
                Cause.DEADLINE_EXCEEDED,
                "the request was not done within timeouts.total of %s".formatted(Text.duration(limit)));
        stop(failure);
        listener.failed(failure, "timeouts.total is over");
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
            note(timer.end(why));
            if (connection != null) {
                connection.cancel();
            }
            leavePeer();
        }
        end();
    }

    private void end() {
        ended = true;
        if (total != null) {
            loop.deadlines().remove(total);
        }
    }
}
