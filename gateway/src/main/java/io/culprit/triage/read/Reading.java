package io.culprit.triage.read;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Place;
import io.culprit.triage.tally.Tally;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
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
    private static final long UNIT = 8L << 20;

    private final List<LogFile> files;
    private final LogClassifier classifier;
    private final Filter filter;
    private final Progress progress;
    private final FileClock clock;
    private final List<Unit> units = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong bytesRead = new AtomicLong();
    private final long total;
    private final List<String> problems = new ArrayList<>();

    /** A part of a file. */
    private static final class Unit {
        final int file;
        final int index;
        final long from;
        final long length;
        volatile long lines;

        Unit(int file, int index, long from, long length) {
            this.file = file;
            this.index = index;
            this.from = from;
            this.length = length;
        }
    }

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
        clock = Prescan.look(files, classifier, zone);
        for (int i = 0; i < files.size(); i++) {
            LogFile file = files.get(i);
            long parts = file.splits() ? Math.max(1, (file.size() + UNIT - 1) / UNIT) : 1;
            for (int part = 0; part < parts; part++) {
                boolean before = file.splits() && (part + 1) * UNIT <= file.size() - tail;
                if (before) {
                    continue;
                }
                units.add(new Unit(i, part, part * UNIT, file.splits() ? UNIT : Long.MAX_VALUE));
            }
        }
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
        Tally tally = new Tally();
        NginxScan scan = new NginxScan(tally, clock, classifier);
        for (int i = next.getAndIncrement(); i < units.size(); i = next.getAndIncrement()) {
            unit(units.get(i), tally, scan);
        }
        scan.flush();
        return tally;
    }

    private void unit(Unit unit, Tally tally, NginxScan scan) {
        LogFile file = files.get(unit.file);
        try (InputStream in = unit.from == 0 ? file.open() : at(file, unit.from)) {
            read(unit, in, tally, scan);
        } catch (IOException | RuntimeException e) {
            problem(file.name() + ": " + LogFiles.reason(e));
        }
        progress.read(bytesRead.addAndGet(Math.min(unit.length, Math.max(0, file.size() - unit.from))), total);
    }

    /** The line that contains the byte before the part belongs to the part before. */
    private static InputStream at(LogFile file, long from) throws IOException {
        FileInputStream in = new FileInputStream(file.path().toFile());
        try {
            in.getChannel().position(from - 1);
        } catch (IOException e) {
            in.close();
            throw e;
        }
        return in;
    }

    private void read(Unit unit, InputStream in, Tally tally, NginxScan scan) throws IOException {
        boolean middle = unit.from > 0;
        int before = middle ? 1 : 0; // the end of a line of the part before is read too
        Records records = new Records((text, number) -> record(unit, text, number - before, tally, scan));
        Head head = new Head(middle);
        Lines lines = new Lines();
        long limit = unit.length == Long.MAX_VALUE ? Long.MAX_VALUE : unit.length + before;
        lines.read(
                in,
                limit,
                filter != Filter.NONE
                        ? (buffer, from, end) -> -1
                        : (buffer, from, end) -> {
                            int behind = head.isPast() ? scan.line(buffer, from, end) : -1;
                            if (behind > 0) {
                                records.flush();
                            }
                            return behind;
                        },
                (text, number) -> {
                    if (!head.skips(text)) {
                        records.line(text, number);
                    }
                },
                records::more);
        records.flush();
        unit.lines = lines.number() - before;
        if (!lines.isText()) {
            problem(files.get(unit.file).name() + ": not text, left out");
        }
        if (lines.cut() > 0) {
            problem("%s: lines longer than %d bytes were cut"
                    .formatted(files.get(unit.file).name(), Lines.LONGEST));
        }
    }

    /** What stands at the beginning of a part and was read with the part before. */
    private static final class Head {
        private boolean firstLine;
        private boolean tail;

        Head(boolean middle) {
            firstLine = middle;
            tail = middle;
        }

        boolean isPast() {
            return !tail;
        }

        boolean skips(String text) {
            if (!tail) {
                return false;
            }
            if (firstLine) {
                firstLine = false;
                return true;
            }
            tail = Records.tail(text, text.isEmpty() ? 0 : text.charAt(0));
            return tail;
        }
    }

    private void record(Unit unit, String text, long number, Tally tally, NginxScan scan) {
        Place place = new Place(unit.file, unit.index, number);
        Optional<Finding> found = classifier.classify(text);
        if (found.isEmpty()) {
            tally.unread(place, text);
            return;
        }
        Finding f = found.get();
        long micros = clock.micros(f);
        if (filter.passes(f, micros)) {
            tally.add(f, micros, place, text);
            scan.learn(text, f);
        }
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
        Place place = exhibit.place();
        long before = 0;
        for (Unit unit : units) {
            if (unit.file == place.file() && unit.index < place.unit()) {
                before += unit.lines;
            }
        }
        return files.get(place.file()).name() + ":" + (before + place.line());
    }

    /** Microseconds that local time was taken to be ahead of UTC. */
    public long offset() {
        return clock.offset();
    }
}
