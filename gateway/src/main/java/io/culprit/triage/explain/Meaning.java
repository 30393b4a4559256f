package io.culprit.triage.explain;

import io.culprit.failure.Diagnosis;
import java.util.Map;

/**
 * What a diagnosis leaves open.
 *
 * @param notProven what its line does not tell, as a part of a sentence
 */
public record Meaning(String notProven) {
    private static final Map<String, String> ALL = Table.pairs("meanings.tsv");

    /** What is known of it. */
    public static Meaning of(Diagnosis diagnosis) {
        return new Meaning(ALL.getOrDefault(diagnosis.id(), ""));
    }
}
