package io.culprit.triage.explain;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A status code, or an error code that a platform writes where others have a status.
 *
 * @param code e.g. {@code 502} or {@code H12}
 * @param usedBy whose it is
 * @param meaning what it says
 * @param notMeaning what it does not say
 * @param lookAt what to look at first
 * @param source where that is written
 */
public record StatusCode(String code, String usedBy, String meaning, String notMeaning, String lookAt, String source) {
    private static final List<StatusCode> ALL = Table.rows(StatusCode.class, "statuses.tsv").stream()
            .map(row -> new StatusCode(row[0], row[1], row[2], row[3], row[4], row[5]))
            .toList();

    /** What is known of a code. */
    public static Optional<StatusCode> of(String code) {
        return ALL.stream()
                .filter(s -> s.code.equals(code.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /** All codes, for those who ask for one that is not known. */
    public static List<String> codes() {
        return ALL.stream().map(StatusCode::code).toList();
    }
}
