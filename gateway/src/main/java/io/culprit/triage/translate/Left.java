package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;

/**
 * A directive that was not taken over.
 *
 * @param at which
 * @param why in words
 */
public record Left(Directive at, String why) {
    /** One line with its place. */
    public String text() {
        return at.where() + ": " + at.text() + ": " + why;
    }
}
