package io.culprit.triage.chain;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Failures;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Happening;
import io.culprit.triage.tally.Tally;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** What chains look at: failures, events, and the times of both. Not to be changed. */
public final class Evidence {
    /** Failures further apart than this belong to different episodes, seconds. */
    private static final long GAP = 60;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final Tally tally;
    private final List<Failed> failed;
    private final ZoneOffset zone;
    private final boolean complete;
    private final boolean severalDays;
    private final Function<Exhibit, String> where;

    /** Seconds, both included. */
    record Episode(long from, long to, long requests) {}

    /**
     * @param offset microseconds that the logs' local time is ahead of UTC
     * @param complete whether all lines were counted, so that what is not among them did not happen
     * @param where names the place of a line
     */
    public Evidence(Tally tally, long offset, boolean complete, Function<Exhibit, String> where) {
        this.complete = complete;
        this.tally = tally;
        this.where = where;
        failed = Failures.of(tally);
        zone = ZoneOffset.ofTotalSeconds((int) (offset / 1_000_000L));
        long day = 86_400_000_000L;
        severalDays = tally.first() != Long.MAX_VALUE
                && Math.floorDiv(tally.first() + offset, day) != Math.floorDiv(tally.last() + offset, day);
    }

    /** Whether what is not there did not happen: no filter has left lines out. */
    boolean isComplete() {
        return complete;
    }

    /** Whether lines were left out on purpose. */
    public boolean isFiltered() {
        return !complete;
    }

    public Tally tally() {
        return tally;
    }

    /** What failed, most requests first, what clients did themselves last. */
    public List<Failed> failed() {
        return failed;
    }

    /** Failures with any of these verdicts for certain. */
    List<Failed> failed(Set<? extends Diagnosis> any) {
        return failed.stream()
                .filter(f -> f.diagnoses().size() == 1 && any.contains(f.diagnosis()))
                .toList();
    }

    /** Failures with this verdict, or with it among those that cannot be told apart. */
    Optional<Failed> possible(Diagnosis what) {
        return failed.stream().filter(f -> f.diagnosis() == what).findFirst();
    }

    List<Happening> events(Diagnosis what) {
        return tally.events(what);
    }

    /** The groups of lines of a kind with a verdict. */
    Optional<Group> group(Kind kind, Diagnosis what) {
        return tally.groups(kind).stream()
                .filter(g -> g.diagnosis() == what && !g.isOpen())
                .findFirst();
    }

    /** Times in which failures follow each other. */
    static List<Episode> episodes(List<Failed> failures) {
        TreeMap<Long, Long> seconds = new TreeMap<>();
        for (Failed each : failures) {
            each.bySecond().forEach((second, count) -> seconds.merge(second, count, Long::sum));
        }
        List<Episode> episodes = new ArrayList<>();
        long from = 0;
        long to = Long.MIN_VALUE;
        long requests = 0;
        for (Map.Entry<Long, Long> each : seconds.entrySet()) {
            if (to != Long.MIN_VALUE && each.getKey() - to > GAP) {
                episodes.add(new Episode(from, to, requests));
                to = Long.MIN_VALUE;
                requests = 0;
            }
            from = to == Long.MIN_VALUE ? each.getKey() : from;
            to = each.getKey();
            requests += each.getValue();
        }
        if (to != Long.MIN_VALUE) {
            episodes.add(new Episode(from, to, requests));
        }
        return episodes;
    }

    /** Requests of failures whose second lies near one of the events. */
    static long near(List<Failed> failures, List<Happening> events, long before, long after) {
        long sum = 0;
        TreeMap<Long, Boolean> times = new TreeMap<>();
        events.stream().filter(Happening::isTimed).forEach(h -> times.put(h.second(), true));
        for (Failed each : failures) {
            for (Map.Entry<Long, Long> second : each.bySecond().entrySet()) {
                Long at = times.ceilingKey(second.getKey() - after);
                if (at != null && at <= second.getKey() + before) {
                    sum += second.getValue();
                }
            }
        }
        return sum;
    }

    static long requests(List<Failed> failures) {
        return Failures.sum(failures);
    }

    /** The time of day as the logs have it, with the date where they are of several days. */
    public String time(long micros) {
        var at = Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L)).atOffset(zone);
        return (severalDays ? DATE : TIME).format(at);
    }

    String second(long second) {
        return time(second * 1_000_000L);
    }

    /** {@code file:line}. */
    public String where(Exhibit exhibit) {
        return where.apply(exhibit);
    }

    /** {@code 1 request}, {@code 2 requests}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** Requests that ended well between two seconds. */
    long answered(long from, long to) {
        return tally.answered().between(from, to);
    }
}
