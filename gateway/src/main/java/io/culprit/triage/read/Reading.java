package io.culprit.triage.read;

import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Tally;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads files on all processors: plain ones in parts, packed ones each in one go. Every thread has a tally of its own. Memory does
 * not depend on the files' sizes.
 */
public final class Reading {
    /** Bytes of a part. */
    public static final long UNIT = 8L << 20;

    private final List<LogFile> files;
    private final LogClassifier classifier;
    private final Filter filter;
    private final Progress progress;
    private final FileClock clock;
    private final List<LogPart> units;
    private final LineNumbers numbers;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong bytesRead = new AtomicLong();
    private final long total;
    private final List<String> problems = new ArrayList<>();

    /**
     * @param zone zone of times without one, empty for what the logs themselves tell
     */
    public Reading(
            List<LogFile> files, LogClassifier classifier, Optional<ZoneId> zone, Filter filter, Progress progress) {
        this(files, classifier, zone, filter, progress, Long.MAX_VALUE);
    }

    /**
     * @param zone zone of times without one, empty for what the logs themselves tell
     * @param tail bytes of the end of each plain file that are read; what stands before is left out
     */
    public Reading(
            List<LogFile> files,
            LogClassifier classifier,
            Optional<ZoneId> zone,
            Filter filter,
            Progress progress,
            long tail) {
        this.files = files;
        this.classifier = classifier;
        this.filter = filter;
        this.progress = progress;
        clock = FileClock.of(files, classifier, zone);
        units = LogPart.of(files, tail, UNIT);
        numbers = new LineNumbers(files, units);
        total = files.stream().mapToLong(LogFile::size).sum();
    }

    /** Reads all; blocks until it is done. */
    public Tally run() throws InterruptedException {
        int threads = Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), units.size()));
        ExecutorService pool = Executors.newFixedThreadPool(threads, r -> {
            Thread thread = new Thread(r, "triage");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<Tally>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(pool.submit(this::work));
            }
            Tally all = parts.get(0).get();
            for (int i = 1; i < threads; i++) {
                all.merge(parts.get(i).get());
            }
            return all;
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading failed", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private Tally work() {
        PartReader reader = new PartReader(classifier, filter, clock, 0, this::problem);
        for (int i = next.getAndIncrement(); i < units.size(); i = next.getAndIncrement()) {
            LogPart part = units.get(i);
            LogFile file = files.get(part.file());
            numbers.read(part, reader.read(file, part));
            progress.read(bytesRead.addAndGet(Math.min(part.length(), Math.max(0, file.size() - part.from()))), total);
        }
        return Objects.requireNonNull(reader.finish().get(0L));
    }

    private void problem(String text) {
        synchronized (problems) {
            if (problems.size() < 100 && !problems.contains(text)) {
                problems.add(text);
            }
        }
    }

    /** What could not be read, each with its file and why. */
    public List<String> problems() {
        synchronized (problems) {
            return List.copyOf(problems);
        }
    }

    /** Where a line stands, as {@code file:line}. */
    public String where(Exhibit exhibit) {
        return numbers.where(exhibit);
    }

    /** Microseconds that local time was taken to be ahead of UTC. */
    public long offset() {
        return clock.offset();
    }
}
