package io.culprit.triage.tally;

import io.culprit.failure.Blame;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Finding.Kind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All findings of one kind and one verdict: how many, when, where, and the first lines as proof. */
public final class Group implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int EXHIBITS = 3;

    private final Kind kind;
    private final List<Diagnosis> diagnoses;
    private final Map<Blame, long[]> blames = new EnumMap<>(Blame.class);
    private final Top paths = new Top();
    private final Top upstreams = new Top();
    private final Top clients = new Top();
    private final Top statuses = new Top();
    private final Top durations = new Top();
    private final Top scripts = new Top();
    private final Top methods = new Top();
    private final Timeline timeline = new Timeline();
    private final List<Exhibit> exhibits = new ArrayList<>();
    private final Top pools = new Top();
    private long httpLines;
    private long lines;
    private long requests;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private int lastStatus;
    private String lastStatusName = "";

    Group(Kind kind, List<Diagnosis> diagnoses) {
        this.kind = kind;
        this.diagnoses = diagnoses;
    }

    void add(Finding f, long micros, boolean another, Place place, String text) {
        lines++;
        requests += another ? 1 : 0;
        blames.computeIfAbsent(f.blame(), b -> new long[1])[0]++;
        paths.add(Paths.of(f.target()), 1);
        upstreams.add(f.upstream(), 1);
        clients.add(f.client(), 1);
        scripts.add(f.script(), 1);
        methods.add(f.method(), 1);
        pools.add(f.pool(), 1);
        httpLines += f.isHttp() ? 1 : 0;
        if (f.status() > 0) {
            if (f.status() != lastStatus) {
                lastStatus = f.status();
                lastStatusName = Integer.toString(lastStatus);
            }
            statuses.add(lastStatusName, 1);
        }
        if (f.duration() >= 0) {
            durations.add(Long.toString(f.duration() / 10_000), 1);
        }
        if (micros != Exhibit.TIMELESS) {
            first = Math.min(first, micros);
            last = Math.max(last, micros);
            timeline.add(Math.floorDiv(micros, 1_000_000L), 1);
        }
        exhibit(micros, place, text);
    }

    private void exhibit(long micros, Place place, String text) {
        if (exhibits.size() == EXHIBITS) {
            Exhibit latest = exhibits.get(EXHIBITS - 1);
            if (latest.micros() < micros
                    || latest.micros() == micros && latest.place().compareTo(place) < 0) {
                return;
            }
        }
        insert(Exhibit.of(micros, place, text));
    }

    private void insert(Exhibit each) {
        int at = Collections.binarySearch(exhibits, each, Exhibit.ORDER);
        exhibits.add(at < 0 ? -at - 1 : at, each);
        if (exhibits.size() > EXHIBITS) {
            exhibits.remove(EXHIBITS);
        }
    }

    /** Time of the latest line that is kept as proof, {@link Long#MAX_VALUE} while there is room for more. */
    long proofUntil() {
        return exhibits.size() < EXHIBITS
                ? Long.MAX_VALUE
                : exhibits.get(EXHIBITS - 1).micros();
    }

    void add(Sum sum) {
        sum.settle();
        lines += sum.lines;
        requests += sum.requests;
        for (Blame blame : Blame.values()) {
            long count = sum.blames[blame.ordinal()];
            if (count > 0) {
                blames.computeIfAbsent(blame, b -> new long[1])[0] += count;
            }
        }
        paths.merge(sum.paths);
        upstreams.merge(sum.upstreams);
        clients.merge(sum.clients);
        methods.merge(sum.methods);
        httpLines += sum.httpLines;
        timeline.merge(sum.timeline);
        first = Math.min(first, sum.first);
        last = Math.max(last, sum.last);
    }

    void merge(Group other) {
        lines += other.lines;
        requests += other.requests;
        other.blames.forEach((blame, count) -> blames.computeIfAbsent(blame, b -> new long[1])[0] += count[0]);
        paths.merge(other.paths);
        upstreams.merge(other.upstreams);
        clients.merge(other.clients);
        statuses.merge(other.statuses);
        durations.merge(other.durations);
        scripts.merge(other.scripts);
        methods.merge(other.methods);
        pools.merge(other.pools);
        httpLines += other.httpLines;
        timeline.merge(other.timeline);
        first = Math.min(first, other.first);
        last = Math.max(last, other.last);
        other.exhibits.forEach(this::insert);
    }

    public Kind kind() {
        return kind;
    }

    /** What its lines prove, the likeliest first. */
    public List<Diagnosis> diagnoses() {
        return diagnoses;
    }

    /** The only diagnosis, or the likeliest. */
    public Diagnosis diagnosis() {
        return diagnoses.get(0);
    }

    /** Whether its lines cannot tell which of several it was. */
    public boolean isOpen() {
        return diagnoses.size() > 1;
    }

    /** The blame that most of its lines give. */
    public Blame blame() {
        return blames.entrySet().stream()
                .max(Map.Entry.comparingByValue((a, b) -> Long.compare(a[0], b[0])))
                .map(Map.Entry::getKey)
                .orElse(Blame.NONE);
    }

    /** Lines, or records of several lines. */
    public long lines() {
        return lines;
    }

    /** Requests: several lines of one count once where the log tells. */
    public long requests() {
        return requests;
    }

    /** First time, microseconds since the epoch; {@link Long#MAX_VALUE} without any. */
    public long first() {
        return first;
    }

    /** Last time, microseconds since the epoch; {@link Long#MIN_VALUE} without any. */
    public long last() {
        return last;
    }

    public Top paths() {
        return paths;
    }

    public Top upstreams() {
        return upstreams;
    }

    public Top clients() {
        return clients;
    }

    public Top statuses() {
        return statuses;
    }

    /** Durations in hundredths of a second. */
    public Top durations() {
        return durations;
    }

    /** Scripts and source lines. */
    public Top scripts() {
        return scripts;
    }

    /** Pools and backends. */
    public Top pools() {
        return pools;
    }

    /** Lines that say that the upstream speaks HTTP, so that PHP-FPM has no part in them. */
    public long httpLines() {
        return httpLines;
    }

    public Top methods() {
        return methods;
    }

    public Timeline timeline() {
        return timeline;
    }

    /** The first lines. */
    public List<Exhibit> exhibits() {
        return Collections.unmodifiableList(exhibits);
    }
}
