package io.culprit.failure;

/**
 * One observation that supports a {@link Failure}.
 *
 * @param name what was observed, a short lower-case word such as {@code bytes} or {@code limit}
 * @param value the observation in plain words, never null; bytes are given as hex and printable text
 */
public record Evidence(String name, String value) {
    /** Name of the seconds after which a request may come again. */
    public static final String RETRY_AFTER = "retry after";

    /** Name of the list of methods that would have been taken; it becomes the reply's Allow. */
    public static final String ALLOW = "allow";

    /** Name of the sentence that says what all other evidence adds up to, and what to do. */
    public static final String FINDING = "finding";
}
