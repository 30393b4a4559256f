package io.culprit.triage.tally;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.classify.Program;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that is kept of what was read. One thread at a time. */
public final class Tally implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Events kept of each kind; more are counted only. */
    private static final int MOST_EVENTS = 5_000;

    /** Requests looked back at for a second line about the same. */
    private static final int RECENT = 1 << 12;

    private static final Comparator<Happening> IN_TIME = Comparator.comparingLong(Happening::micros)
            .thenComparing(h -> h.exhibit().place());

    private final Map<Kind, Map<String, Group>> groups = new EnumMap<>(Kind.class);
    private final Map<Diagnosis, List<Happening>> events = new HashMap<>();
    private final Map<Program, long[]> programs = new EnumMap<>(Program.class);
    private final Top work = new Top();
    private final Top workCount = new Top();
    private final Timeline answered = new Timeline();
    private final List<Exhibit> unreadLines = new ArrayList<>();
    private transient long @Nullable [] recent;
    private long lines;
    private long unreadCount;
    private long requests;
    private long failed;
    private long retried;
    private long eventsDropped;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    public Tally() {
        for (Kind kind : Kind.values()) {
            groups.put(kind, new TreeMap<>());
        }
    }

    /**
     * Adds what a line says.
     *
     * @param micros its time in microseconds since the epoch, or {@link Exhibit#TIMELESS}
     */
    public void add(Finding f, long micros, Place place, String text) {
        lines++;
        programs.computeIfAbsent(f.program(), p -> new long[1])[0]++;
        if (micros != Exhibit.TIMELESS) {
            first = Math.min(first, micros);
            last = Math.max(last, micros);
        }
        switch (f.kind()) {
            case REQUEST -> request(f, micros);
            case WORK -> work(f);
            case EVENT -> event(f, micros, place, text);
            default -> {
                // counted by group only
            }
        }
        if (!f.diagnoses().isEmpty()) {
            boolean another = f.kind() != Kind.ERROR || isAnother(f, micros);
            group(f).add(f, micros, another, place, text);
        }
    }

    /** Adds many lines, and empties what they were counted in. */
    public void add(Sum sum) {
        Group group = group(sum.finding);
        sum.of(group);
        if (sum.lines == 0) {
            return;
        }
        lines += sum.lines;
        programs.computeIfAbsent(sum.finding.program(), p -> new long[1])[0] += sum.lines;
        first = Math.min(first, sum.first);
        last = Math.max(last, sum.last);
        group.add(sum);
        sum.clear();
    }

    private Group group(Finding f) {
        return ofKind(f.kind()).computeIfAbsent(f.id(), id -> new Group(f.kind(), f.diagnoses()));
    }

    private Map<String, Group> ofKind(Kind kind) {
        return Objects.requireNonNull(groups.get(kind));
    }

    private void request(Finding f, long micros) {
        requests++;
        if (f.status() >= 500 || f.status() == 9) {
            failed++;
            return;
        }
        if (f.tries() > 1 && f.status() > 0 && f.status() < 500) {
            retried++;
        }
        if (micros != Exhibit.TIMELESS && f.status() > 0) {
            answered.add(Math.floorDiv(micros, 1_000_000L), 1);
        }
    }

    private void work(Finding f) {
        if (f.duration() >= 0) {
            String name = Paths.of(f.target());
            work.add(name, f.duration());
            workCount.add(name, 1);
        }
    }

    private void event(Finding f, long micros, Place place, String text) {
        if (f.diagnoses().isEmpty()) {
            return;
        }
        List<Happening> same = events.computeIfAbsent(f.diagnoses().get(0), d -> new ArrayList<>());
        if (same.size() >= MOST_EVENTS) {
            eventsDropped++;
            return;
        }
        same.add(new Happening(
                micros,
                f.diagnoses().get(0),
                f.program(),
                f.worker(),
                Exhibit.decoded(f.pool()),
                Exhibit.decoded(f.script()),
                Exhibit.decoded(f.target()),
                Exhibit.decoded(f.upstream()),
                f.duration(),
                f.setting(),
                Exhibit.of(micros, place, text)));
    }

    /** nginx writes a line for each try; the connection's number and the request tell that they belong together. */
    private boolean isAnother(Finding f, long micros) {
        if (f.connection() < 0) {
            return true;
        }
        long key = (f.connection() * 0x9E3779B97F4A7C15L)
                ^ ((long) f.worker() << 40)
                // Rails names the request itself, and not in each of its lines by its path.
                ^ (f.program() == Program.RAILS ? 0 : f.target().hashCode());
        key ^= Math.floorDiv(micros, 60_000_000L); // numbers come again after a restart
        if (recent == null) {
            recent = new long[RECENT];
        }
        int slot = (int) (key >>> 45) & RECENT - 1;
        boolean another = recent[slot] != key;
        recent[slot] = key;
        return another;
    }

    /** Forgets which requests the lines before were about: what follows is another part of a log. */
    public void turnPage() {
        recent = null;
    }

    /** Counts a line that nobody knows. */
    public void unread(Place place, String text) {
        lines++;
        unreadCount++;
        if (unreadLines.size() < 5) {
            unreadLines.add(Exhibit.of(Exhibit.TIMELESS, place, text));
        }
    }

    /** Adds all that another tally has. */
    public void merge(Tally other) {
        for (Kind kind : Kind.values()) {
            Map<String, Group> mine = ofKind(kind);
            other.ofKind(kind)
                    .forEach((id, group) -> mine.computeIfAbsent(id, i -> new Group(kind, group.diagnoses()))
                            .merge(group));
        }
        other.events.forEach((what, list) -> {
            List<Happening> mine = events.computeIfAbsent(what, d -> new ArrayList<>());
            mine.addAll(list);
            if (mine.size() > MOST_EVENTS) {
                mine.sort(IN_TIME); // the first ones stay, in whatever order the parts come together
                eventsDropped += mine.size() - MOST_EVENTS;
                mine.subList(MOST_EVENTS, mine.size()).clear();
            }
        });
        other.programs.forEach((program, count) -> programs.computeIfAbsent(program, p -> new long[1])[0] += count[0]);
        work.merge(other.work);
        workCount.merge(other.workCount);
        answered.merge(other.answered);
        unreadLines.addAll(other.unreadLines);
        unreadLines.sort(Comparator.comparing(Exhibit::place));
        while (unreadLines.size() > 5) {
            unreadLines.remove(unreadLines.size() - 1);
        }
        lines += other.lines;
        unreadCount += other.unreadCount;
        requests += other.requests;
        failed += other.failed;
        retried += other.retried;
        eventsDropped += other.eventsDropped;
        first = Math.min(first, other.first);
        last = Math.max(last, other.last);
    }

    /** The groups of a kind. */
    public Collection<Group> groups(Kind kind) {
        return Collections.unmodifiableCollection(ofKind(kind).values());
    }

    /** What happened of a kind, in the order of time. */
    public List<Happening> events(Diagnosis what) {
        List<Happening> sorted = new ArrayList<>(events.getOrDefault(what, List.of()));
        sorted.sort(IN_TIME);
        return sorted;
    }

    /** Lines of each program. */
    public Map<Program, Long> programs() {
        Map<Program, Long> counts = new EnumMap<>(Program.class);
        programs.forEach((program, count) -> counts.put(program, count[0]));
        return counts;
    }

    /** Microseconds that each path took in the upstream, from its own access log. */
    public Top work() {
        return work;
    }

    /** Requests of each path in the upstream's own access log. */
    public Top workCount() {
        return workCount;
    }

    /** Requests by second that ended with a status below 500. */
    public Timeline answered() {
        return answered;
    }

    /** Records read. */
    public long lines() {
        return lines;
    }

    /** Records that nobody knows. */
    public long unreadCount() {
        return unreadCount;
    }

    /** The first of them. */
    public List<Exhibit> unreadLines() {
        return Collections.unmodifiableList(unreadLines);
    }

    /** Requests that access logs tell of. */
    public long requests() {
        return requests;
    }

    /** Requests that ended with a status of 500 or more. */
    public long failed() {
        return failed;
    }

    /** Requests that ended well at the second try or later. */
    public long retried() {
        return retried;
    }

    /** Events that were too many to keep. */
    public long eventsDropped() {
        return eventsDropped;
    }

    /** First time, {@link Long#MAX_VALUE} without any. */
    public long first() {
        return first;
    }

    /** Last time, {@link Long#MIN_VALUE} without any. */
    public long last() {
        return last;
    }
}
