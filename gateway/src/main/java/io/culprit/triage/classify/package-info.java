/**
 * One log line in, one {@link io.culprit.triage.classify.Finding} out. Depends on the JDK and the vocabulary only, holds no
 * state and may be used by any number of threads; {@link io.culprit.triage.classify.LogClassifier} is the way in. One class for
 * each program whose lines are known.
 */
package io.culprit.triage.classify;
