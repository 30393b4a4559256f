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
    private final LogClassifier classifier;
    private final Filter filter;
    private final FileClock clock;
    private final Consumer<String> problems;
    private final Windows windows;

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
        windows = new Windows(window, clock, classifier);
    }

    /**
     * All that was read until now, by the window's first microsecond since the epoch (the local time's, as logs have it); to be asked
     * once, at the end. Lines without a time belong to the window of the line before; those before any time to the first window.
     */
    public Map<Long, Tally> finish() {
        return windows.finish();
    }

    /**
     * Reads a part.
     *
     * @return lines that it has
     */
    public long read(LogFile file, LogPart part) {
        try (InputStream in = part.from() == 0 ? file.open() : file.source().open(part.from() - 1)) {
            return read(file, part, in); // the line that contains the byte before the part belongs to the part before
        } catch (IOException | RuntimeException e) {
            problems.accept(file.name() + ": " + LogFiles.reason(e));
            return 0;
        }
    }

    private long read(LogFile file, LogPart part, InputStream in) throws IOException {
        windows.turnPage();
        boolean middle = part.from() > 0;
        int before = middle ? 1 : 0; // the end of a line of the part before is read too
        Records records = new Records((text, number) -> record(part, text, number - before));
        Head head = new Head(middle);
        Lines lines = new Lines();
        long limit = part.length() == Long.MAX_VALUE ? Long.MAX_VALUE : part.length() + before;
        lines.read(
                in,
                limit,
                !filter.isNone()
                        ? (buffer, from, end) -> -1
                        : (buffer, from, end) -> {
                            int behind =
                                    head.isPast() ? windows.current().scan().line(buffer, from, end) : -1;
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
        if (!lines.isText()) {
            problems.accept(file.name() + ": not text, left out");
        }
        if (lines.cut() > 0) {
            problems.accept("%s: lines longer than %d bytes were cut".formatted(file.name(), Lines.LONGEST));
        }
        return lines.number() - before;
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

    private void record(LogPart part, String text, long number) {
        Place place = new Place(part.file(), part.index(), number);
        Optional<Finding> found = classifier.classify(text);
        if (found.isEmpty()) {
            windows.current().tally().unread(place, text);
            return;
        }
        Finding f = found.get();
        long micros = clock.micros(f);
        if (filter.passes(f, micros)) {
            Windows.Window window = windows.at(micros);
            window.tally().add(f, micros, place, text);
            window.scan().learn(text, f);
        }
    }
}
