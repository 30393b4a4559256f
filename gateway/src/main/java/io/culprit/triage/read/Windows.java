package io.culprit.triage.read;

import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Tally;
import java.util.Map;
import java.util.TreeMap;

/** The tallies of one reader, one for each window of time, and the one scan that counts into the current one. One thread. */
final class Windows {
    private final long length;
    private final FileClock clock;
    private final NginxScan scan;
    private final Map<Long, Tally> all = new TreeMap<>();
    private long from;
    private Tally current;
    private boolean dated;

    /** @param length microseconds, 0 for one window of all times */
    Windows(long length, FileClock clock) {
        this.length = length;
        this.clock = clock;
        scan = new NginxScan(clock);
        current = new Tally();
        if (length == 0) {
            all.put(0L, current);
            scan.aim(current, Long.MIN_VALUE, Long.MAX_VALUE);
        } else {
            scan.aim(current, 0, 0);
        }
    }

    /** The tally of the line before. */
    Tally current() {
        return current;
    }

    NginxScan scan() {
        return scan;
    }

    /** The tally of that time, from now on the current one. */
    Tally at(long micros) {
        if (length == 0 || micros == Exhibit.TIMELESS) {
            return current;
        }
        long start = Math.floorDiv(micros + clock.offset(), length) * length;
        if (!dated || start != from) {
            Tally before = current;
            current = all.computeIfAbsent(start, window -> new Tally());
            if (!dated) {
                current.merge(before); // what stood before any time
            }
            from = start;
            dated = true;
            scan.aim(current, start - clock.offset(), start - clock.offset() + length);
        }
        return current;
    }

    /** Another part of a log follows: neither its requests nor its times are those of the part before. */
    void turnPage() {
        scan.turnPage();
        current.turnPage();
        if (length > 0) {
            settle();
            current = new Tally();
            dated = false;
            scan.aim(current, 0, 0);
        }
    }

    private void settle() {
        scan.flush();
        if (!dated && current.lines() > 0) {
            all.computeIfAbsent(PartReader.UNDATED, window -> new Tally()).merge(current);
        }
    }

    /** The windows that have lines, by their first microsecond of local time or {@link PartReader#UNDATED}; to be asked once, at the end. */
    Map<Long, Tally> finish() {
        scan.flush();
        if (length > 0) {
            settle();
        }
        all.values().forEach(Tally::turnPage);
        return all;
    }
}
