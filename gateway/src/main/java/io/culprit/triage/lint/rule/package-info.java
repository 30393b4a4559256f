/** One class for each kind of flaw; each says by which lines, and what to write instead. */
package io.culprit.triage.lint.rule;
