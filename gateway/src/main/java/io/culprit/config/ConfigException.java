package io.culprit.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with all its problems in the order of their places. */
public final class ConfigException extends Exception {
    private final transient List<Problem> problems;

    /** @param problems in the order of their places */
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All problems, those of the main file first. */
    public List<Problem> problems() {
        return problems;
    }
}
