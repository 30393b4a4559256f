package io.culprit.record;

import io.culprit.failure.Outcome;
import io.culprit.record.count.Counters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts on the IO thread, writes on its own: an IO thread pays a few additions and one store into its ring. Full rings
 * drop log lines, never counts, and the drops are counted too. Examples of failures have rings of their own, so that a
 * storm of one cause does not push out the first of another.
 */
public final class RingRecorder implements Recorder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RingRecorder.class);
    private static final int RING = 16 * 1024;
    private static final int EXAMPLES = 1024;
    private static final long MOST_CHARS = 24 << 20;
    private static final long MOST_EXAMPLE_CHARS = 8 << 20;
    private static final int RECENT = 200;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Counters counters;
    private final List<OutcomeRing> rings = new ArrayList<>();
    private final List<OutcomeRing> exampleRings = new ArrayList<>();
    private final List<OutcomeWriter> others;
    private volatile List<OutcomeWriter> logs;
    private volatile @Nullable List<OutcomeWriter> nextLogs;
    private volatile long lostBefore;
    private final Deque<Outcome> recent = new ArrayDeque<>();
    private final Thread thread = new Thread(this::run, "recorder");
    private volatile Consumer<Outcome> examples = outcome -> {};
    private volatile boolean reopening;
    private volatile boolean closing;

    /**
     * @param loops number of IO threads
     * @param counters with as many
     * @param others who writes for as long as this recorder runs
     * @param logs who writes until others {@link #replaceLogs take their place}
     */
    RingRecorder(int loops, Counters counters, List<? extends OutcomeWriter> others, List<OutcomeWriter> logs) {
        this.counters = counters;
        this.others = List.copyOf(others);
        this.logs = logs;
        for (int i = 0; i < loops; i++) {
            rings.add(new OutcomeRing(RING, MOST_CHARS / loops));
            exampleRings.add(new OutcomeRing(EXAMPLES, MOST_EXAMPLE_CHARS / loops));
        }
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void record(int loop, Outcome outcome) {
        if (counters.count(loop, outcome)) {
            exampleRings.get(loop).offer(outcome);
        }
        rings.get(loop).offer(outcome);
    }

    /** Who gets examples of failures, on the recording thread. */
    public void examplesTo(Consumer<Outcome> consumer) {
        examples = consumer;
    }

    /** Opens the logs' files anew, soon; any thread may call. */
    public void reopenLogs() {
        reopening = true;
    }

    /** Writes to these from the next lines on; those before are closed when they have theirs. Any thread may call. */
    void replaceLogs(List<OutcomeWriter> next) {
        nextLogs = next;
        LockSupport.unpark(thread);
    }

    /** Exact counts, whatever the logs dropped. */
    public Counters counters() {
        return counters;
    }

    /** Log lines lost: the recording thread could not keep up, or a log could not be written. */
    public long dropped() {
        return rings.stream().mapToLong(OutcomeRing::dropped).sum()
                + lostBefore
                + writers().stream().mapToLong(OutcomeWriter::lost).sum();
    }

    /** Examples of failures lost for the same reason; their counts are exact all the same. */
    public long examplesDropped() {
        return exampleRings.stream().mapToLong(OutcomeRing::dropped).sum();
    }

    /** The latest outcomes that carry a failure, newest first. */
    public List<Outcome> recentFailures() {
        synchronized (recent) {
            return new ArrayList<>(recent);
        }
    }

    private List<OutcomeWriter> writers() {
        List<OutcomeWriter> all = new ArrayList<>(others);
        all.addAll(logs);
        return all;
    }

    private void changeLogs() {
        List<OutcomeWriter> next = nextLogs;
        if (next != null) {
            nextLogs = null;
            List<OutcomeWriter> before = logs;
            logs = next;
            for (OutcomeWriter each : before) {
                each.close();
                lostBefore += each.lost();
            }
        }
    }

    private void run() {
        while (true) {
            boolean last = closing;
            if (reopening) {
                reopening = false;
                each(OutcomeWriter::reopen, "opening a log anew failed");
            }
            changeLogs();
            if (drain() == 0) {
                if (last) {
                    writers().forEach(OutcomeWriter::close); // on this thread: none but it touches a log
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
        for (OutcomeRing ring : exampleRings) {
            for (Outcome outcome = ring.poll(); outcome != null; outcome = ring.poll()) {
                n++;
                example(outcome);
            }
        }
        if (n > 0) {
            each(OutcomeWriter::flush, "flushing a log failed");
        }
        return n;
    }

    private void example(Outcome outcome) {
        try {
            examples.accept(outcome);
        } catch (RuntimeException e) {
            LOG.error("keeping an example failed", e);
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
        each(writer -> writer.write(outcome), "writing an outcome failed");
    }

    private void each(Consumer<OutcomeWriter> what, String trouble) {
        for (OutcomeWriter writer : others) {
            guarded(writer, what, trouble);
        }
        for (OutcomeWriter writer : logs) {
            guarded(writer, what, trouble);
        }
    }

    private static void guarded(OutcomeWriter writer, Consumer<OutcomeWriter> what, String trouble) {
        try {
            what.accept(writer);
        } catch (RuntimeException e) {
            LOG.error(trouble, e);
        }
    }

    /** Writes what is still queued and closes the logs; gives a log that takes nothing up after some seconds. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("a log takes no more lines, its last ones are lost");
        }
    }
}
