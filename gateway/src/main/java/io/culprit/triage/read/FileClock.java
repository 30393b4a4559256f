package io.culprit.triage.read;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.tally.Exhibit;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Turns the times of one file's lines into microseconds since the epoch. Times without a zone are those of whoever wrote them: the
 * offset is taken from logs beside them that have one, else it is this machine's. Times without a year are the latest that are not
 * past the newest time known. Immutable.
 *
 * @param offset microseconds that local time is ahead of UTC
 * @param newest microseconds since the epoch of the newest time known, or of the file's last change
 */
public record FileClock(long offset, long newest) implements Serializable {
    private static final long DAY = 86_400_000_000L;
    private static final long LEAP_YEAR_START = days(1972);

    /**
     * The clock for files that are read together, by a look at the beginning and the end of each.
     *
     * @param zone zone of times without one, empty for what the logs themselves tell
     */
    public static FileClock of(List<LogFile> files, LogClassifier classifier, Optional<ZoneId> zone) {
        return Prescan.look(files, classifier, zone);
    }

    /** The line's time, or {@link Exhibit#TIMELESS}. */
    long micros(Finding f) {
        return micros(f.clock(), f.micros());
    }

    long micros(Clock clock, long micros) {
        return switch (clock) {
            case ZONED -> micros;
            case LOCAL -> micros - offset;
            case NO_YEAR -> dated(micros);
            case NONE, BOOT -> Exhibit.TIMELESS;
        };
    }

    private long dated(long sinceNewYear) {
        int year = java.time.LocalDate.ofEpochDay(Math.floorDiv(newest + offset, DAY))
                .getYear();
        long day = Math.floorDiv(sinceNewYear, DAY);
        long candidate = in(year, day, sinceNewYear) - offset;
        return candidate <= newest + DAY ? candidate : in(year - 1, day, sinceNewYear) - offset;
    }

    /** The same month and day of another year: behind February a leap year is a day longer. */
    private static long in(int year, long day, long sinceNewYear) {
        java.time.LocalDate leap = java.time.LocalDate.ofEpochDay(LEAP_YEAR_START + day);
        int most = java.time.YearMonth.of(year, leap.getMonthValue()).lengthOfMonth();
        java.time.LocalDate date =
                java.time.LocalDate.of(year, leap.getMonthValue(), Math.min(most, leap.getDayOfMonth()));
        return date.toEpochDay() * DAY + Math.floorMod(sinceNewYear, DAY);
    }

    private static long days(int year) {
        return java.time.LocalDate.of(year, 1, 1).toEpochDay();
    }
}
