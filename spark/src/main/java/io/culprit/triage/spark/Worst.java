package io.culprit.triage.spark;

import java.io.PrintStream;
import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.api.java.JavaRDD;

/** A host and window with what failed there, the one with most failures first. */
record Worst(long failed, Key key, String sentence) implements Comparable<Worst>, Serializable {
    private static final int SHOWN = 10;

    @Override
    public int compareTo(Worst other) {
        return Comparator.comparingLong(Worst::failed)
                .reversed()
                .thenComparing(Worst::key)
                .compare(this, other);
    }

    /** Says of the hosts and windows with the most failed requests what failed. */
    static void print(JavaRDD<Judgement> judgements, PrintStream text) {
        judgements
                .filter(Judgement::finding)
                .map(j -> new Worst(j.failed(), j.key(), j.sentence()))
                .takeOrdered(SHOWN)
                .forEach(worst -> text.println(worst.key().shown() + ": " + worst.sentence()));
    }
}
