package io.culprit.bench.load;

import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.Settings;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Gateway, upstream and clients in simulated time: event by event, as fast as the machine can. It knows admission (limit,
 * queue, queue timeout), the upstream's workers with an accept queue of any length before them, the read timeout, clients
 * that leave, and attempts that are repeated, each with work of its own. A worker goes on with what was cut off: PHP does
 * not notice that its client left. It knows no network, no connect timeout and no circuit breaker. Single-threaded.
 */
public final class Simulation {
    private static final String REFUSED = "pool.full";
    private static final String QUEUE_FULL = "queue.full";
    private static final String QUEUE_TIMEOUT = "queue.timeout";
    private static final String HEAD_TIMEOUT = "head.timeout";
    private static final String CLIENT_LEFT = "client.closed";

    private final Plan plan;
    private final Settings settings;
    private final Cell cell;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final ArrayDeque<Visit> queue = new ArrayDeque<>();
    private final ArrayDeque<Work> backlog = new ArrayDeque<>();
    private int connections;
    private int busy;
    private int waiting;
    private long order;

    private record Event(long at, long order, Runnable what) {}

    /** One client's request. */
    private static final class Visit {
        final Plan.Request request;
        boolean ended;
        boolean queued;
        int attempts;

        @Nullable
        Work work;

        Visit(Plan.Request request) {
            this.request = request;
        }
    }

    /** What a worker does, or will do, for one attempt. */
    private static final class Work {
        final Visit visit;
        final long nanos;
        final boolean last;
        boolean abandoned;
        long cutOffAt = -1;

        Work(Visit visit, long nanos, boolean last) {
            this.visit = visit;
            this.nanos = nanos;
            this.last = last;
        }
    }

    private Simulation(Plan plan, Settings settings) {
        this.plan = plan;
        this.settings = settings;
        this.cell = new Cell(settings, true);
        this.cell.seesUpstream = true;
    }

    public static Cell run(Plan plan, Settings settings, List<Plan.Request> requests) {
        Simulation simulation = new Simulation(plan, settings);
        for (Plan.Request each : requests) {
            simulation.at(each.atNanos(), () -> simulation.arrives(new Visit(each)));
        }
        simulation.pass();
        simulation.cell.settle(plan.arrivals());
        return simulation.cell;
    }

    private long now;

    private void at(long nanos, Runnable what) {
        events.add(new Event(nanos, order++, what));
    }

    private void pass() {
        for (Event next = events.poll(); next != null; next = events.poll()) {
            now = next.at();
            next.what().run();
        }
    }

    private void arrives(Visit visit) {
        at(now + plan.patience().toNanos(), () -> leaves(visit));
        if (settings.maxConnections() == 0 || connections < settings.maxConnections()) {
            connections++;
            attempt(visit);
        } else if (waiting < settings.queueSize()) {
            visit.queued = true;
            waiting++;
            queue.add(visit);
            at(now + settings.queueTimeout().toNanos(), () -> waitedTooLong(visit));
        } else {
            end(visit, settings.queueSize() == 0 ? REFUSED : QUEUE_FULL);
        }
    }

    private void waitedTooLong(Visit visit) {
        if (visit.queued && !visit.ended) {
            visit.queued = false;
            waiting--;
            end(visit, QUEUE_TIMEOUT);
        }
    }

    private void leaves(Visit visit) {
        if (visit.ended) {
            return;
        }
        if (visit.queued) {
            visit.queued = false;
            waiting--;
        } else {
            Objects.requireNonNull(visit.work).abandoned = true;
            release();
        }
        end(visit, CLIENT_LEFT);
    }

    private void attempt(Visit visit) {
        cell.admitted += visit.attempts == 0 ? 1 : 0;
        cell.attempts++;
        long nanos = visit.request.work(visit.attempts++);
        Work work = new Work(visit, nanos, visit.attempts >= settings.tries());
        visit.work = work;
        if (busy < plan.workers()) {
            begin(work);
        } else {
            backlog.add(work);
        }
        at(now + settings.read().toNanos(), () -> readTimeout(visit, work));
    }

    private void begin(Work work) {
        busy++;
        at(now + work.nanos, () -> finished(work));
    }

    private void finished(Work work) {
        busy--;
        if (work.abandoned) {
            cell.work.wasted(work.nanos / 1e9);
            long leaves = work.visit.request.atNanos() + plan.patience().toNanos();
            if (work.last && work.cutOffAt >= 0 && now <= leaves) {
                cell.missed(now - work.cutOffAt);
            }
        } else {
            cell.work.useful(work.nanos / 1e9);
            end(work.visit, Cell.GOOD);
            release();
        }
        Work next = backlog.poll();
        if (next != null) {
            begin(next);
        }
    }

    private void readTimeout(Visit visit, Work work) {
        if (visit.ended || work.abandoned) {
            return;
        }
        work.abandoned = true;
        work.cutOffAt = now;
        if (work.last) {
            end(visit, HEAD_TIMEOUT);
            release();
        } else {
            attempt(visit);
        }
    }

    private void release() {
        Visit next = queue.poll();
        while (next != null && !next.queued) {
            next = queue.poll(); // it has left, or waited too long
        }
        if (next == null) {
            connections--;
        } else {
            next.queued = false;
            waiting--;
            attempt(next);
        }
    }

    private void end(Visit visit, String outcome) {
        visit.ended = true;
        cell.ended(outcome, visit.request.atNanos(), visit.request.atNanos(), now);
    }
}
