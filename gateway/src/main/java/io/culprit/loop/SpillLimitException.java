package io.culprit.loop;

import java.io.IOException;

/** A {@link Spill} would exceed the bytes it may hold. */
public final class SpillLimitException extends IOException {
    SpillLimitException(long limit) {
        super("more than " + limit + " bytes would have to be buffered");
    }
}
