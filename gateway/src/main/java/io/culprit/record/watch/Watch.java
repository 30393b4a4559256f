package io.culprit.record.watch;

import io.culprit.failure.Event;
import io.culprit.record.count.Counters;
import io.culprit.record.count.Counters.Count;
import io.culprit.record.count.Series;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the counters twice a second and passes on what is new: to the {@link RecentCounts}, the {@link Outages} and whoever
 * else {@link #onTick}s. Events of any thread are queued here and handed out on the watch's own. It does no IO, so that
 * nothing can keep it from looking at least once a minute, which exact counts by minute need.
 */
public final class Watch implements Event.Sink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int MOST_QUEUED = 10_000;
    private static final int MOST_REMEMBERED = 500;

    private final Counters counters;
    private final RecentCounts pulse = new RecentCounts();
    private final Unobserved unobserved = new Unobserved();
    private final Outages outages;
    private final ConcurrentLinkedQueue<Event> queued = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queuedCount = new AtomicInteger();
    private final Deque<Event> remembered = new ArrayDeque<>();
    private final List<Event.Sink> listeners = new CopyOnWriteArrayList<>();
    private final List<Tick> ticks = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::work, "watch");
    private volatile boolean closing;
    private long lastSecond;

    /** Something that looks at the counters regularly. */
    public interface Tick {
        /** Called twice a second on the watch's thread; must not block. */
        void tick(Map<Series, Count> counts, long nowMillis);
    }

    /**
     * @param upstreams names of the upstreams whose outages are noticed
     */
    public Watch(Counters counters, List<String> upstreams) {
        this.counters = counters;
        this.outages = new Outages(upstreams, this, unobserved);
        thread.setDaemon(true);
    }

    /** Starts looking; listeners and ticks are added before. */
    public void start() {
        thread.start();
    }

    /** The last hour. */
    public RecentCounts pulse() {
        return pulse;
    }

    /** The times in which no gateway of this name ran. */
    public Unobserved unobserved() {
        return unobserved;
    }

    /** The outages of this moment. */
    public Outages outages() {
        return outages;
    }

    /** Who is told of every event, on the watch's thread. */
    public void onEvent(Event.Sink listener) {
        listeners.add(listener);
    }

    /** Who looks at the counters, after pulse and outages. */
    public void onTick(Tick tick) {
        ticks.add(tick);
    }

    @Override
    public void happened(Event event) {
        if (queuedCount.incrementAndGet() > MOST_QUEUED) {
            queuedCount.decrementAndGet(); // no source of events is that fast; a flood of them says nothing
            return;
        }
        queued.add(event);
        LockSupport.unpark(thread);
    }

    /** The latest events, newest first. */
    public List<Event> events() {
        synchronized (remembered) {
            return new ArrayList<>(remembered);
        }
    }

    private void work() {
        while (!closing) {
            LockSupport.parkNanos(EVERY_NANOS);
            step();
        }
        step();
    }

    private void step() {
        try {
            look(System.currentTimeMillis());
            handOut();
        } catch (RuntimeException e) {
            LOG.error("the watch met what it does not know", e);
        }
    }

    /** One that fails must not keep the others from what they need: the journal's counts come after the alerts. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("somebody who looks on failed", e);
        }
    }

    private void look(long nowMillis) {
        Map<Series, Count> counts = counters.series();
        long second = nowMillis / 1000;
        if (second != lastSecond) {
            lastSecond = second;
            pulse.tick(counts, nowMillis);
            outages.tick(pulse, nowMillis);
        }
        for (Tick tick : ticks) {
            guarded(() -> tick.tick(counts, nowMillis));
        }
    }

    private void handOut() {
        for (Event event = queued.poll(); event != null; event = queued.poll()) {
            queuedCount.decrementAndGet();
            synchronized (remembered) {
                remembered.addFirst(event);
                if (remembered.size() > MOST_REMEMBERED) {
                    remembered.removeLast();
                }
            }
            Event told = event;
            for (Event.Sink listener : listeners) {
                guarded(() -> listener.happened(told));
            }
        }
    }

    /** Looks a last time, so that listeners have everything. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
