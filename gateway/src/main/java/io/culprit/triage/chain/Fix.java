package io.culprit.triage.chain;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What to change.
 *
 * @param advice an instruction
 * @param changes lines of configuration before and after
 */
public record Fix(String advice, List<Change> changes) implements Serializable {
    static final Fix NONE = new Fix("", List.of());

    /**
     * A change of one file.
     *
     * @param file which
     * @param before lines as they are, empty where there are none
     * @param after lines as they should be
     */
    public record Change(String file, String before, String after) implements Serializable {}

    static Fix of(String advice) {
        return new Fix(advice, List.of());
    }

    Fix change(String file, String before, String after) {
        List<Change> all = new ArrayList<>(changes);
        all.add(new Change(file, before, after));
        return new Fix(advice, List.copyOf(all));
    }
}
