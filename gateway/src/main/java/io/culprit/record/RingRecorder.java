package io.culprit.record;

import io.culprit.failure.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts on the IO thread, writes on its own: an IO thread pays a few additions and one store into its ring. Full rings
 * drop log lines, never counts, and the drops are counted too.
 */
public final class RingRecorder implements Recorder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RingRecorder.class);
    private static final int RING = 16 * 1024;
    private static final int RECENT = 200;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Counters counters;
    private final List<OutcomeRing> rings = new ArrayList<>();
    private final List<OutcomeWriter> writers;
    private final Deque<Outcome> recent = new ArrayDeque<>();
    private final Thread thread = new Thread(this::run, "recorder");
    private volatile boolean closing;

    /**
     * @param loops number of IO threads
     */
    RingRecorder(int loops, List<OutcomeWriter> writers) {
        this.counters = new Counters(loops);
        this.writers = writers;
        for (int i = 0; i < loops; i++) {
            rings.add(new OutcomeRing(RING));
        }
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void record(int loop, Outcome outcome) {
        counters.count(loop, outcome);
        rings.get(loop).offer(outcome);
    }

    /** Exact counts, whatever the logs dropped. */
    public Counters counters() {
        return counters;
    }

    /** Log lines lost because the recording thread could not keep up. */
    public long dropped() {
        return rings.stream().mapToLong(OutcomeRing::dropped).sum();
    }

    /** The latest outcomes that carry a failure, newest first. */
    public List<Outcome> recentFailures() {
        synchronized (recent) {
            return new ArrayList<>(recent);
        }
    }

    private void run() {
        while (true) {
            boolean last = closing;
            if (drain() == 0) {
                if (last) {
                    return;
                }
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
    }

    private int drain() {
        int n = 0;
        for (OutcomeRing ring : rings) {
            for (Outcome outcome = ring.poll(); outcome != null; outcome = ring.poll()) {
                n++;
                take(outcome);
            }
        }
        if (n > 0) {
            flush();
        }
        return n;
    }

    private void flush() {
        for (OutcomeWriter writer : writers) {
            try {
                writer.flush();
            } catch (RuntimeException e) {
                LOG.error("flushing a log failed", e);
            }
        }
    }

    private void take(Outcome outcome) {
        if (outcome.failure() != null) {
            synchronized (recent) {
                recent.addFirst(outcome);
                if (recent.size() > RECENT) {
                    recent.removeLast();
                }
            }
        }
        for (OutcomeWriter writer : writers) {
            try {
                writer.write(outcome);
            } catch (RuntimeException e) {
                LOG.error("writing an outcome failed", e);
            }
        }
    }

    /** Writes what is still queued, then closes the logs. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writers.forEach(OutcomeWriter::close);
    }
}
