package io.culprit.config.read;

import java.util.Collection;

/** "Did you mean": the nearest known word, if one is near. */
final class Suggestion {
    private static final int LONGEST = 64;

    private Suggestion() {}

    /** {@code "; did you mean "x"?"}, or an empty string when nothing is near. */
    static String of(String wrong, Collection<String> known) {
        String best = "";
        int distance = Math.max(2, wrong.length() / 3) + 1;
        boolean number = wrong.matches("[0-9.]+"); // another one is no misspelling
        if (wrong.length() <= LONGEST && !number) {
            for (String word : known) {
                int d = distance(wrong, word);
                if (d < distance) {
                    distance = d;
                    best = word;
                }
            }
        }
        return best.isEmpty() ? "" : "; did you mean \"" + best + "\"?";
    }

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
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
