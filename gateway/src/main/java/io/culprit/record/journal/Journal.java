package io.culprit.record.journal;

import io.culprit.config.record.JournalConfig;
import io.culprit.failure.Event;
import io.culprit.failure.Text;
import io.culprit.record.count.Counters.Count;
import io.culprit.record.count.Series;
import io.culprit.record.journal.store.Example;
import io.culprit.record.journal.store.JournalBatch;
import io.culprit.record.journal.store.JournalFile;
import io.culprit.record.journal.store.JournalStore;
import io.culprit.record.journal.store.JournalTrouble;
import io.culprit.record.journal.store.Run;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import io.culprit.record.watch.Unobserved;
import io.culprit.record.watch.Watch;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps counts, examples and events beyond the life of the process. One thread of its own writes twice a second, so that
 * a killed process loses a second at most; nobody waits for it. While the store is down, counts go on gathering in
 * {@link PendingCounts} and examples in a queue that drops what does not fit and says how much; the store is tried again
 * with growing pauses, and then catches up.
 *
 * <p>Threads: {@link #tick} belongs to the watch's thread, {@link #example} to the recording thread, {@link #event} to
 * any; all three only hand over.
 */
public final class Journal implements Watch.Tick, MetricSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long AFTER_START_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long SIGN_OF_LIFE_MILLIS = 5_000;
    static final long DEAD_AFTER_MILLIS = 3 * SIGN_OF_LIFE_MILLIS;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long TOLD_EVERY_MILLIS = 60_000;
    private static final int BATCH = 5_000;

    private final JournalConfig config;
    private final Event.Sink listener;
    private final Event.Sink open;
    private final Unobserved unobserved;
    private final LongSupplier lostBefore;
    private final String version;
    private final long startedMillis = System.currentTimeMillis();
    private final PendingCounts pending = new PendingCounts();
    private final Backlog backlog = new Backlog();
    private final PublishedViews views = new PublishedViews();
    private final Upkeep upkeep;
    private final AtomicLong countsWritten = new AtomicLong();
    private final AtomicLong examplesWritten = new AtomicLong();
    private final Thread thread = new Thread(this::work, "journal");
    private @Nullable Run run;
    private volatile @Nullable JournalStore store;
    private volatile String trouble = "not opened yet";
    private volatile boolean closing;
    private boolean resumed;
    private long lookAgainMillis = Long.MAX_VALUE;
    private long lastSignMillis;
    private long pauseMillis;
    private long retryAtMillis;
    private long toldMillis;

    /**
     * @param version of this program
     * @param listener told when the run before has crashed
     * @param open told of the beginnings of what had not ended when earlier runs did
     * @param unobserved told of the times between earlier runs
     * @param lostBefore examples that were lost before they came here
     */
    public Journal(
            JournalConfig config,
            String version,
            Event.Sink listener,
            Event.Sink open,
            Unobserved unobserved,
            LongSupplier lostBefore) {
        this.unobserved = unobserved;
        this.lostBefore = lostBefore;
        this.config = config;
        upkeep = new Upkeep(config.retention());
        this.listener = listener;
        this.open = open;
        this.version = version;
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void tick(Map<Series, Count> counts, long nowMillis) {
        pending.collect(counts, nowMillis);
    }

    /** Keeps an example, if there is room. */
    public void example(Example example) {
        backlog.add(example);
    }

    /** Keeps an event; the oldest go first where there are too many. */
    public void event(Event event) {
        backlog.add(event);
    }

    /** Whether gateways on other machines may write the same one. */
    public boolean isShared() {
        return config.isPostgresql();
    }

    /** What the fleet's dashboard shows of this gateway. */
    public PublishedViews views() {
        return views;
    }

    /** Reads from the store. */
    public JournalQueries queries() {
        return new JournalQueries(() -> Optional.ofNullable(store));
    }

    /** Why the store cannot be written, empty when it can. */
    public String trouble() {
        return trouble;
    }

    /** Age of what waits longest, in seconds. */
    public double lagSeconds() {
        long since = pending.dirtySinceMillis();
        return since == 0 ? 0 : Math.max(0, System.currentTimeMillis() - since) / 1000.0;
    }

    private void work() {
        // Opening a store takes as much work as all else of the start, which should not wait for it.
        LockSupport.parkNanos(AFTER_START_NANOS);
        run = new Run(UUID.randomUUID().toString(), config.instance(), version, startedMillis, startedMillis);
        while (!closing) {
            long now = System.currentTimeMillis();
            if (now >= retryAtMillis) {
                step(now);
            }
            LockSupport.parkNanos(EVERY_NANOS);
        }
        farewell();
    }

    /** This run; the journal's own thread has made it before all else. */
    private Run run() {
        return Objects.requireNonNull(run);
    }

    /** The store, when it is open. */
    private JournalStore store() {
        return Objects.requireNonNull(store);
    }

    private void step(long now) {
        try {
            if (store == null) {
                open(now);
            }
            writeAll(now);
            if (now >= lookAgainMillis) {
                // Whoever restarts within seconds of a crash finds the old run still looking alive.
                lookAgainMillis = Long.MAX_VALUE;
                store().begin(run(), run().startedMillis()).ifPresent(this::sayWhatWasLost);
            }
            upkeep.step(store(), now);
            if (!trouble.isEmpty()) {
                LOG.info("the journal {} is written", place());
                trouble = "";
            }
            views.write(store(), config.instance(), now); // which say whether the journal can be written
            pauseMillis = 0;
        } catch (SQLException e) {
            down(e, now);
        } catch (RuntimeException e) {
            down(new SQLException(e.toString(), e), now);
        }
    }

    private void open(long now) throws SQLException {
        JournalStore opened = JournalFile.open(config);
        try {
            // Another gateway of this name may be alive and sharing the store: it has been seen lately.
            Optional<Run> crashed = opened.begin(run(), now - (config.isPostgresql() ? DEAD_AFTER_MILLIS : 0));
            crashed.ifPresent(this::sayWhatWasLost);
            lookAgainMillis = config.isPostgresql() ? now + DEAD_AFTER_MILLIS + SIGN_OF_LIFE_MILLIS : Long.MAX_VALUE;
            if (!resumed) {
                unobserved.note(opened.gaps(config.instance(), run()));
                opened.openEvents(config.instance()).forEach(open::happened);
                resumed = true;
            }
        } catch (SQLException | RuntimeException e) {
            opened.close();
            throw e;
        }
        store = opened;
    }

    private void sayWhatWasLost(Run before) {
        String text =
                "the run of %s ended without closing its journal (a crash, a kill or a power cut): recovered up to %s,"
                                .formatted(
                                        Instant.ofEpochMilli(before.startedMillis()),
                                        Instant.ofEpochMilli(before.seenMillis()))
                        + " at most the second after that is missing";
        LOG.warn(text);
        listener.happened(Event.now(Event.Kind.GATEWAY_CRASHED, "", config.instance(), text));
    }

    private void writeAll(long now) throws SQLException {
        while (true) {
            JournalBatch batch = batch();
            if (batch.isEmpty() && now - lastSignMillis < SIGN_OF_LIFE_MILLIS) {
                return;
            }
            store().write(run().id(), batch, System.currentTimeMillis());
            toldMillis = 0; // not before: a store that opens and takes nothing would be told of each time
            lastSignMillis = now;
            pending.stored(batch.counts(), now);
            backlog.remove(batch);
            countsWritten.addAndGet(batch.counts().size());
            examplesWritten.addAndGet(batch.examples().size());
            if (batch.size() < BATCH) {
                return;
            }
        }
    }

    private JournalBatch batch() {
        return new JournalBatch(pending.dirty(BATCH), backlog.examples(BATCH), backlog.events());
    }

    private void down(SQLException e, long now) {
        trouble = JournalTrouble.reason(e);
        if (now - toldMillis >= TOLD_EVERY_MILLIS) { // reasons may alternate while it is tried again and again
            toldMillis = now;
            LOG.warn("the journal {} cannot be written: {}; counts are kept in memory until it can", place(), trouble);
        }
        JournalStore broken = store;
        store = null;
        if (broken != null) {
            broken.close();
        }
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, Math.max(500, pauseMillis * 2));
        retryAtMillis = now + pauseMillis;
    }

    /** Where it is, without a password. */
    public String place() {
        return config.place();
    }

    private void farewell() {
        try {
            if (store == null) {
                open(System.currentTimeMillis());
            }
            writeAll(System.currentTimeMillis());
            store().end(run().id(), System.currentTimeMillis());
        } catch (SQLException | RuntimeException e) {
            String reason = e instanceof SQLException sql ? JournalTrouble.reason(sql) : e.getMessage();
            if (pending.size() == 0) {
                LOG.debug("the journal {} could not be closed in order: {}", place(), reason); // nothing is lost by it
            } else {
                LOG.error(
                        "the journal {} could not be closed in order, {} are lost: {}",
                        place(),
                        Text.count(pending.size(), "count"),
                        reason);
            }
        }
        if (store != null) {
            store.close();
        }
    }

    @Override
    public void collect(Samples samples) {
        samples.add(Metric.JOURNAL_UP, trouble.isEmpty() ? 1 : 0);
        samples.add(Metric.JOURNAL_LAG, lagSeconds());
        samples.add(Metric.JOURNAL_PENDING, pending.size() + backlog.waitingExamples());
        samples.add(Metric.JOURNAL_WRITTEN, countsWritten.get(), "count");
        samples.add(Metric.JOURNAL_WRITTEN, examplesWritten.get(), "example");
        samples.add(Metric.JOURNAL_DROPPED, backlog.examplesDropped() + lostBefore.getAsLong(), "example");
        samples.add(Metric.JOURNAL_DROPPED, backlog.eventsDropped(), "event");
    }

    /** Writes what waits, says farewell and closes the store; waits for that a few seconds at most. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
