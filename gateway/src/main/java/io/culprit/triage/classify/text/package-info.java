/** What lines are made of, whoever wrote them: times, words, flat JSON. Stateless; depends on the JDK only. */
package io.culprit.triage.classify.text;
