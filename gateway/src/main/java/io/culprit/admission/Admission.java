package io.culprit.admission;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who may use an upstream, over all IO threads: the breaker first, then a limit of requests at a time, then a queue in
 * strict order of arrival.
 *
 * <p>The danger is a lost wake-up: a request queues while the last ticket is released. {@link #release} therefore hands
 * its ticket to the longest waiting under the lock whenever somebody waits, and a request that found no ticket looks
 * again under the lock before it queues. Verbs: {@link #tryEnter}, {@link #queue}, {@link #leave}, {@link #release}.
 * Entering and releasing below the limit is one compare-and-set and allocates nothing.
 */
public final class Admission {
    private final int limit;
    private final int queueSize;
    private final Duration queueTimeout;
    private final Optional<Breaker> breaker;
    private final AtomicInteger inUse = new AtomicInteger();
    private final Object lock = new Object();
    private final WaitingLine line = new WaitingLine();
    private final Map<Applicant, Waiting> places = new ConcurrentHashMap<>();
    private volatile int waiting;

    /**
     * @param limit tickets out at a time, 0 for no limit
     * @param queueSize how many may wait, 0: nobody
     * @param queueTimeout how long one may wait
     */
    public Admission(int limit, int queueSize, Duration queueTimeout, Optional<Breaker> breaker) {
        this.limit = limit;
        this.queueSize = queueSize;
        this.queueTimeout = queueTimeout;
        this.breaker = breaker;
    }

    /** The upstream's circuit breaker, if it has one. */
    public Optional<Breaker> breaker() {
        return breaker;
    }

    /** Tickets out now. */
    public int inUse() {
        return inUse.get();
    }

    /** Tickets that may be out at a time, 0 for no limit. */
    public int limit() {
        return limit;
    }

    /** Requests waiting now. */
    public int waiting() {
        return waiting;
    }

    /** Takes a ticket if one is free and nobody waits for it. */
    public boolean tryEnter() {
        if (limit == 0) {
            inUse.getAndIncrement();
            return true;
        }
        return waiting == 0 && takeFree();
    }

    private boolean takeFree() {
        int n = inUse.get();
        while (n < limit) {
            if (inUse.compareAndSet(n, n + 1)) {
                return true;
            }
            n = inUse.get();
        }
        return false;
    }

    /**
     * Joins the queue after {@link #tryEnter} found no ticket. Call on the applicant's loop.
     *
     * @return empty when the applicant waits now, or was admitted after all and is told so from its loop; else why it
     *     may not wait
     */
    public Optional<Failure> queue(Applicant applicant) {
        synchronized (lock) {
            if (line.size() == 0 && takeFree()) {
                Waiting place = new Waiting(applicant, this);
                place.state = Waiting.State.HANDED;
                places.put(applicant, place);
                hand(place);
                return Optional.empty();
            }
            if (line.size() >= queueSize) {
                return Optional.of(refusal());
            }
            Waiting place = new Waiting(applicant, this);
            line.append(place);
            waiting = line.size();
            places.put(applicant, place);
            applicant.loop().deadlines().arm(place, queueTimeout.toNanos());
        }
        // A ticket released between the caller's look and the append above saw nobody waiting: take it now.
        handOverFree();
        return Optional.empty();
    }

    private Failure refusal() {
        return queueSize == 0
                ? Failure.of(
                        Cause.POOL_FULL, "all %d connections are in use and no queue is configured".formatted(limit))
                : Failure.of(
                        Cause.QUEUE_FULL,
                        "all %d connections are in use and all %d places in the queue are taken"
                                .formatted(limit, queueSize));
    }

    private void handOverFree() {
        while (true) {
            Waiting first;
            synchronized (lock) {
                if (line.size() == 0 || !takeFree()) {
                    return;
                }
                first = take();
            }
            hand(first);
        }
    }

    private Waiting take() {
        Waiting first = Objects.requireNonNull(line.pollFirst());
        waiting = line.size();
        first.state = Waiting.State.HANDED;
        return first;
    }

    /** Gives the ticket to whoever waited longest, else back. Any thread may call. */
    public void release() {
        if (waiting > 0) {
            Waiting first = null;
            synchronized (lock) {
                if (line.size() > 0) {
                    first = take();
                }
            }
            if (first != null) {
                hand(first);
                return;
            }
        }
        inUse.getAndDecrement();
        if (waiting > 0) {
            handOverFree();
        }
    }

    private void hand(Waiting place) {
        place.applicant.loop().execute(() -> {
            place.applicant.loop().deadlines().remove(place);
            places.remove(place.applicant);
            boolean left;
            synchronized (lock) {
                left = place.state == Waiting.State.GONE;
            }
            if (left) {
                release();
            } else {
                place.applicant.admitted();
            }
        });
    }

    /** The applicant no longer wants to wait (its client left). Idempotent; call on the applicant's loop. */
    public void leave(Applicant applicant) {
        Waiting place = places.remove(applicant);
        if (place == null) {
            return;
        }
        applicant.loop().deadlines().remove(place);
        synchronized (lock) {
            if (place.state == Waiting.State.QUEUED) {
                line.remove(place);
                waiting = line.size();
            }
            place.state = Waiting.State.GONE;
        }
    }

    void timedOut(Waiting place) {
        synchronized (lock) {
            if (place.state != Waiting.State.QUEUED) {
                return;
            }
            line.remove(place);
            waiting = line.size();
            place.state = Waiting.State.GONE;
        }
        places.remove(place.applicant);
        place.applicant.refused(Failure.of(
                Cause.QUEUE_TIMEOUT,
                "no connection became free within %s, %d were in use"
                        .formatted(io.culprit.failure.Text.duration(queueTimeout.toNanos()), limit)));
    }
}
