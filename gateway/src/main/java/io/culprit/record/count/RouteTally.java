package io.culprit.record.count;

import io.culprit.failure.Outcome;
import java.util.concurrent.atomic.AtomicLongArray;

/** The requests of one route on one IO thread. */
final class RouteTally {
    /** Classes of status: none sent, 1xx to 5xx, and what is beyond 599. */
    static final int CLASSES = 7;

    final String route;
    final String upstream;
    final Cell well = new Cell();
    final Histogram duration = new Histogram();
    private final AtomicLongArray byMethodAndClass = new AtomicLongArray(Method.values().length * CLASSES);

    RouteTally(String route, String upstream) {
        this.route = route;
        this.upstream = upstream;
    }

    void count(Outcome o, long endMillis) {
        // The status of a client that left before one was sent is what a log says, not what anybody got.
        boolean sent = o.ending() != Outcome.Ending.CLIENT_GONE || o.committed();
        int statusClass = sent ? Math.min(o.status() / 100, CLASSES - 1) : 0;
        int index = Method.of(o.method()).ordinal() * CLASSES + statusClass;
        byMethodAndClass.setRelease(index, byMethodAndClass.getPlain(index) + 1);
        duration.record(o.durationNanos());
        if (o.trace().sampled() || o.failure() != null) {
            duration.remember(o.durationNanos(), o.trace(), endMillis);
        }
    }

    long requests(Method method, int statusClass) {
        return byMethodAndClass.getAcquire(method.ordinal() * CLASSES + statusClass);
    }
}
