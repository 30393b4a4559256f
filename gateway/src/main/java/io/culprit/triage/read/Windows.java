package io.culprit.triage.read;

import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Tally;
import java.util.Map;
import java.util.TreeMap;

/** The tallies of one reader, one for each window of time. One thread. */
final class Windows {
    private final long length;
    private final FileClock clock;
    private final LogClassifier classifier;
    private final Map<Long, Window> all = new TreeMap<>();
    private Window current;

    /** A tally, and the scan that counts into it. */
    record Window(long from, Tally tally, NginxScan scan) {}

    /** @param length microseconds, 0 for one window of all times */
    Windows(long length, FileClock clock, LogClassifier classifier) {
        this.length = length;
        this.clock = clock;
        this.classifier = classifier;
        current = window(0, length == 0 ? Long.MIN_VALUE : 0, length == 0 ? Long.MAX_VALUE : 0);
    }

    private Window window(long from, long first, long behind) {
        Tally tally = new Tally();
        return new Window(from, tally, new NginxScan(tally, first, behind, clock, classifier));
    }

    /** The window of the line before. */
    Window current() {
        return current;
    }

    /** The window of that time, from now on the current one. */
    Window at(long micros) {
        if (length == 0 || micros == Exhibit.TIMELESS) {
            return current;
        }
        long from = Math.floorDiv(micros + clock.offset(), length) * length;
        if (current.from != from || !all.containsKey(from)) {
            Window before = current;
            current = all.computeIfAbsent(
                    from, start -> window(start, start - clock.offset(), start - clock.offset() + length));
            if (all.size() == 1) {
                current.tally.merge(before.tally); // what stood before any time
            }
        }
        return current;
    }

    /** Another part of a log follows. */
    void turnPage() {
        current.tally.turnPage();
        current.scan.turnPage();
    }

    Map<Long, Tally> finish() {
        if (all.isEmpty()) {
            all.put(current.from, current);
        }
        Map<Long, Tally> tallies = new TreeMap<>();
        all.forEach((from, window) -> {
            window.scan.flush();
            tallies.put(from, window.tally);
        });
        return tallies;
    }
}
