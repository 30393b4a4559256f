package io.culprit.failure;

/**
 * The class nginx's {@code proxy_next_upstream} puts a failure into (facts: semantics, nginx). {@link #NONE} is never
 * retried whatever the configuration says.
 */
public enum RetryClass {
    ERROR,
    TIMEOUT,
    INVALID_HEADER,
    NOLIVE,
    NONE;

    private final String id = name().toLowerCase(java.util.Locale.ROOT);

    /** The token used in {@code next_upstream.on}. */
    public String id() {
        return id;
    }
}
