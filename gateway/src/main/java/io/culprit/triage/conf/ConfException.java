package io.culprit.triage.conf;

/** A configuration that cannot be read; the message names file, line and column. */
public final class ConfException extends Exception {
    private static final long serialVersionUID = 1;

    ConfException(String message) {
        super(message);
    }
}
