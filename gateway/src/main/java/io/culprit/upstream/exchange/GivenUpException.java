package io.culprit.upstream.exchange;

/** The attempt's owner does not want this response: another attempt follows. */
public final class GivenUpException extends Exception {
    GivenUpException() {
        super(null, null, false, false);
    }
}
