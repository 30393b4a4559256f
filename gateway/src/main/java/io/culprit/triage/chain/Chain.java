package io.culprit.triage.chain;

import java.util.Optional;

/** Knows one kind of incident by its traces in logs. Stateless. */
public interface Chain {
    /** What is behind failures, empty where the traces are not there. */
    Optional<Link> find(Evidence evidence);
}
