package io.culprit.triage.read;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.tally.Place;
import io.culprit.triage.tally.Tally;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads parts of files into one tally, one after the other. One thread. */
public final class PartReader {
    /** Stands for the window of what has no time, where no line before or behind has one. */
    public static final long UNDATED = Long.MIN_VALUE;

    private final LogClassifier classifier;
    private final Filter filter;
    private final FileClock clock;
    private final Consumer<String> problems;
    private final Windows windows;
    private long read;

    /**
     * @param window microseconds of a tally's window, 0 for one tally of all times
     * @param problems told what could not be read, each with its file and why; perhaps more than once
     */
    public PartReader(
            LogClassifier classifier, Filter filter, FileClock clock, long window, Consumer<String> problems) {
        this.classifier = classifier;
        this.filter = filter;
        this.clock = clock;
        this.problems = problems;
        windows = new Windows(window, clock);
    }

    /**
     * All that was read until now, by the window's first microsecond since the epoch (the local time's, as logs have it); to be asked
     * once, at the end. Lines without a time belong to the window of the line before; those at the beginning of a part to its first
     * window, and where a part has no time at all to a window of their own, {@link #UNDATED}.
     */
    public Map<Long, Tally> finish() {
        return windows.finish();
    }

    /**
     * Reads a part; what hinders it is told to {@code problems}.
     *
     * @return lines that were read
     */
    public long read(LogFile file, LogPart part) {
        try {
            return readOrFail(file, part);
        } catch (IOException e) {
            problems.accept(file.name() + ": " + LogFiles.reason(e));
            return read;
        }
    }

    /**
     * Reads a part where somebody else will try again what failed halfway.
     *
     * @return lines that were read
     * @throws IOException when a plain file cannot be read to the part's end; what is wrong with a packed one stays so, and is told to
     *     {@code problems}
     */
    public long readOrFail(LogFile file, LogPart part) throws IOException {
        read = 0;
        try (InputStream in = part.from() == 0 ? file.open() : file.source().open(part.from() - 1)) {
            read(file, part, in); // the line that contains the byte before the part belongs to the part before
        } catch (IOException | RuntimeException e) {
            if (e instanceof IOException trouble && file.splits()) {
                throw trouble;
            }
            problems.accept(file.name() + ": " + LogFiles.reason(e));
        }
        return read;
    }

    private void read(LogFile file, LogPart part, InputStream in) throws IOException {
        windows.turnPage();
        boolean middle = part.from() > 0;
        int before = middle ? 1 : 0; // the end of a line of the part before is read too
        Records records = new Records((text, number) -> record(part, text, number - before));
        Head head = new Head(middle);
        Lines lines = new Lines();
        long limit = part.length() == Long.MAX_VALUE ? Long.MAX_VALUE : part.length() + before;
        try {
            lines.read(
                    in,
                    limit,
                    filter.isNone()
                            ? (buffer, from, end) -> {
                                int behind = head.isPast() ? windows.scan().line(buffer, from, end) : -1;
                                if (behind > 0) {
                                    records.flush();
                                }
                                return behind;
                            }
                            : (buffer, from, end) -> -1,
                    (text, number) -> {
                        if (!head.skips(text)) {
                            records.line(text, number);
                        }
                    },
                    records::more);
            records.end();
        } finally {
            read = Math.max(0, lines.number() - before);
        }
        if (!lines.isText()) {
            problems.accept(file.name() + ": not text, left out");
        }
        if (lines.cut() > 0) {
            problems.accept("%s: lines longer than %d bytes were cut".formatted(file.name(), Lines.LONGEST));
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
            tail = Records.isTail(text);
            return tail;
        }
    }

    private void record(LogPart part, String text, long number) {
        Place place = new Place(part.file(), part.index(), number);
        Optional<Finding> found = classifier.classify(text);
        if (found.isEmpty()) {
            windows.current().unread(place, text);
            return;
        }
        Finding f = found.get();
        long micros = clock.micros(f);
        if (filter.passes(f, micros)) {
            windows.at(micros).add(f, micros, place, text);
            windows.scan().learn(text, f);
        }
    }
}
