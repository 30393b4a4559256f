package io.culprit.sim.scenario;

import java.util.Collection;
import java.util.Optional;

/** The known word that a wrong one was probably meant to be. Stateless. */
final class Nearest {
    private static final int LONGEST = 40;

    private Nearest() {}

    /** Empty when none is within a third of the word's letters. */
    static Optional<String> of(String wrong, Collection<String> known) {
        int best = Math.max(1, wrong.length() / 3) + 1;
        Optional<String> nearest = Optional.empty();
        for (String each : known) {
            int distance = wrong.length() > LONGEST ? best : distance(wrong, each);
            if (distance < best) {
                best = distance;
                nearest = Optional.of(each);
            }
        }
        return nearest;
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
