package io.culprit.bench.load;

/**
 * Seconds the upstream worked, and how many of them nobody got. A job counts with its length, so that few long ones weigh as
 * many short ones: how far chance reaches is a matter of the squares too. Owned by one thread.
 */
public final class UpstreamWork {
    private double useful;
    private double wasted;
    private double usefulSquares;
    private double wastedSquares;

    UpstreamWork() {}

    /** Sums that were kept in a file; squares are not a number where it has none, and neither are sums with them. */
    UpstreamWork(double useful, double wasted, double usefulSquares, double wastedSquares) {
        this.useful = useful;
        this.wasted = wasted;
        this.usefulSquares = usefulSquares;
        this.wastedSquares = wastedSquares;
    }

    /** One job of so many seconds, whose answer somebody took. */
    void useful(double seconds) {
        useful += seconds;
        usefulSquares += seconds * seconds;
    }

    /** One job of so many seconds that was for nobody. */
    void wasted(double seconds) {
        wasted += seconds;
        wastedSquares += seconds * seconds;
    }

    void add(UpstreamWork other) {
        useful += other.useful;
        wasted += other.wasted;
        usefulSquares += other.usefulSquares;
        wastedSquares += other.wastedSquares;
    }

    void reset() {
        useful = 0;
        wasted = 0;
        usefulSquares = 0;
        wastedSquares = 0;
    }

    double usefulSeconds() {
        return useful;
    }

    double wastedSeconds() {
        return wasted;
    }

    double usefulSquares() {
        return usefulSquares;
    }

    double wastedSquares() {
        return wastedSquares;
    }

    /** Share of the work that nobody got, from 0 to 1; 0 where there was none. */
    public double waste() {
        double all = useful + wasted;
        return all == 0 ? 0 : wasted / all;
    }

    /**
     * How many jobs of one length would tell the share as well as these do: by the ratio estimator's variance (Cochran,
     * Sampling Techniques, chapter 6), or Kish's effective size where all or nothing was wasted and there is no variance to
     * see. 0 where nothing was done, or where the squares are not known.
     */
    public double effectiveJobs() {
        double all = useful + wasted;
        double squares = usefulSquares + wastedSquares;
        if (all == 0 || !(squares > 0)) {
            return 0;
        }
        double share = waste();
        if (useful == 0 || wasted == 0) {
            return all * all / squares;
        }
        double variance = ((1 - share) * (1 - share) * wastedSquares + share * share * usefulSquares) / (all * all);
        return share * (1 - share) / variance;
    }
}
