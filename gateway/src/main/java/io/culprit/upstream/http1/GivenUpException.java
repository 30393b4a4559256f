package io.culprit.upstream.http1;

/** The attempt's owner does not want this response: another attempt follows. */
final class GivenUpException extends Exception {
    GivenUpException() {
        super(null, null, false, false);
    }
}
