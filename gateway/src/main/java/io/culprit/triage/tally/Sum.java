package io.culprit.triage.tally;

import io.culprit.failure.Blame;
import io.culprit.triage.classify.Finding;
import org.jspecify.annotations.Nullable;

/** Many lines of one verdict, counted elsewhere, to be added to a tally together. One thread. */
public final class Sum {
    final Finding finding;
    final Top clients = new Top();
    final Top paths = new Top();
    final Top upstreams = new Top();
    final Top methods = new Top();
    final long[] blames = new long[Blame.values().length];
    final Timeline timeline = new Timeline();
    long httpLines;
    long lines;
    long requests;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    private long second = Long.MIN_VALUE;
    private long pending;
    private long proofMicros = Long.MAX_VALUE;
    private @Nullable Group group;

    /** What the lines say. */
    public Sum(Finding finding) {
        this.finding = finding;
    }

    /** Whether a line of that time is among the first ones, which are kept. */
    public boolean isEarlier(long micros) {
        if (group == null) {
            return true;
        }
        if (proofMicros == Long.MAX_VALUE) {
            proofMicros = group.proofUntil();
        }
        return proofMicros == Long.MAX_VALUE || micros < proofMicros;
    }

    void of(Group known) {
        group = known;
    }

    /** Adds a line of that time, microseconds since the epoch. */
    public void add(long micros, boolean another) {
        lines++;
        requests += another ? 1 : 0;
        first = Math.min(first, micros);
        last = Math.max(last, micros);
        if (micros != second) {
            settle();
            second = micros;
        }
        pending++;
    }

    void settle() {
        if (pending > 0) {
            timeline.add(Math.floorDiv(second, 1_000_000L), pending);
            pending = 0;
        }
    }

    public void client(String name, long count) {
        clients.add(name, count);
    }

    public void path(String name, long count) {
        paths.add(name, count);
    }

    public void method(String name, long count) {
        methods.add(name, count);
    }

    public void upstream(String name, Blame blame, boolean http, long count) {
        httpLines += http ? count : 0;
        upstreams.add(name, count);
        blames[blame.ordinal()] += count;
    }

    void clear() {
        clients.clear();
        paths.clear();
        upstreams.clear();
        methods.clear();
        java.util.Arrays.fill(blames, 0);
        timeline.clear();
        httpLines = 0;
        lines = 0;
        requests = 0;
        first = Long.MAX_VALUE;
        last = Long.MIN_VALUE;
    }
}
