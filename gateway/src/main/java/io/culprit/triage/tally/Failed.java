package io.culprit.triage.tally;

import io.culprit.failure.Blame;
import io.culprit.failure.Diagnosis;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Requests that failed for one cause, or for one of several that the logs cannot tell apart. */
public final class Failed {
    private final List<Diagnosis> diagnoses;
    private final List<Group> groups = new ArrayList<>();
    private final TreeMap<Long, Long> bySecond = new TreeMap<>();
    private long requests;
    private long errorLines;

    Failed(List<Diagnosis> diagnoses) {
        this.diagnoses = diagnoses;
    }

    void group(Group group) {
        groups.add(group);
    }

    void lines(long count) {
        errorLines += count;
    }

    void requests(long second, long count) {
        bySecond.merge(second, count, Long::sum);
        requests += count;
    }

    /** Requests of lines that have no time. */
    void timeless(long count) {
        requests += count;
    }

    /** What it was, the likeliest first. */
    public List<Diagnosis> diagnoses() {
        return diagnoses;
    }

    /** The likeliest. */
    public Diagnosis diagnosis() {
        return diagnoses.get(0);
    }

    /** Requests that ended with it. */
    public long requests() {
        return requests;
    }

    /** Lines of error logs about it, also those of requests that ended well. */
    public long errorLines() {
        return errorLines;
    }

    /** Requests by second. */
    public TreeMap<Long, Long> bySecond() {
        return bySecond;
    }

    /** Microseconds since the epoch, {@link Long#MAX_VALUE} where no line has a time. */
    public long first() {
        return groups.stream().mapToLong(Group::first).min().orElse(Long.MAX_VALUE);
    }

    /** Microseconds since the epoch, {@link Long#MIN_VALUE} where no line has a time. */
    public long last() {
        return groups.stream().mapToLong(Group::last).max().orElse(Long.MIN_VALUE);
    }

    /** The blame that most lines give. */
    public Blame blame() {
        return groups.isEmpty() ? diagnosis().blame() : groups.get(0).blame();
    }

    /** Names of one kind: those of an error log, whose lines are of this cause alone, before those of an access log. */
    private Top richest(java.util.function.Function<Group, Top> part) {
        return groups.stream().map(part).filter(t -> t.size() > 0).findFirst().orElseGet(Top::new);
    }

    /** Whether most lines say that the upstream speaks HTTP, and so is no PHP-FPM. */
    public boolean isHttp() {
        long lines = groups.stream().mapToLong(Group::lines).sum();
        return groups.stream().mapToLong(Group::httpLines).sum() * 2 > lines;
    }

    public Top pools() {
        return richest(Group::pools);
    }

    public Top paths() {
        return richest(Group::paths);
    }

    public Top upstreams() {
        return richest(Group::upstreams);
    }

    public Top clients() {
        return richest(Group::clients);
    }

    public Top statuses() {
        return richest(Group::statuses);
    }

    public Top methods() {
        return richest(Group::methods);
    }

    /** Durations in hundredths of a second. */
    public Top durations() {
        return richest(Group::durations);
    }

    /** First lines, of an error log rather than of an access log. */
    public List<Exhibit> exhibits() {
        return groups.isEmpty() ? List.of() : groups.get(0).exhibits();
    }
}
