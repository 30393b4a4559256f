package io.culprit.record.count;

/** The sum of a histogram over all IO threads at one moment. Filled by one reader. */
public final class Durations {
    private final long[] counts = new long[Buckets.seconds().length + 1];
    private final Exemplar[] exemplars = new Exemplar[counts.length];
    private long nanos;
    private long longest;

    void add(int bucket, long count, Exemplar exemplar) {
        counts[bucket] += count;
        Exemplar before = exemplars[bucket];
        if (before == null || exemplar.epochMillis() > before.epochMillis()) {
            exemplars[bucket] = exemplar;
        }
    }

    void addNanos(long more) {
        nanos += more;
    }

    void longest(long candidate) {
        longest = Math.max(longest, candidate);
    }

    /** Durations per bucket of {@link Buckets}, the unbounded one last; not cumulative. */
    public long[] counts() {
        return counts.clone();
    }

    /** The latest request that stands for a bucket. */
    public Exemplar exemplar(int bucket) {
        return exemplars[bucket] == null ? Exemplar.NONE : exemplars[bucket];
    }

    /** Sum of all durations. */
    public double seconds() {
        return nanos / 1e9;
    }

    /** Number of durations. */
    public long count() {
        long all = 0;
        for (long each : counts) {
            all += each;
        }
        return all;
    }

    /**
     * What the given share took at most, as exactly as buckets tell: the upper bound of the one it falls into, or the longest
     * duration there was.
     *
     * @param share 0 to 1
     * @return seconds, 0 when there is nothing
     */
    public double atMost(double share) {
        double[] bounds = Buckets.seconds();
        double wanted = share * count();
        double below = 0;
        for (int i = 0; i < bounds.length; i++) {
            below += counts[i];
            if (counts[i] > 0 && below >= wanted) {
                return Math.min(bounds[i], longest / 1e9);
            }
        }
        return longest / 1e9;
    }
}
