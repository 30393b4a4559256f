package io.culprit.triage.lint;

import java.util.function.Consumer;

/** Looks for one kind of flaw. Stateless. */
public interface Rule {
    void check(Setup setup, Consumer<Flaw> found);
}
