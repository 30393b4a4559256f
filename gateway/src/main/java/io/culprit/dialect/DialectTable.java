package io.culprit.dialect;

import io.culprit.failure.Cause;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * {@code dialects.tsv}, loaded whole: cause x dialect to {@link Answer}. This is the one place that decides a status.
 * A missing, doubled or malformed cell fails the load, and with it the build. Immutable.
 */
public final class DialectTable {
    private static final DialectTable BUNDLED = load();

    private final Map<Cause, EnumMap<Dialect, Answer>> cells;

    private DialectTable(Map<Cause, EnumMap<Dialect, Answer>> cells) {
        this.cells = cells;
    }

    /** The table this build was made with. */
    public static DialectTable bundled() {
        return BUNDLED;
    }

    /** The cell of this pair; there is always one. */
    public Answer answer(Cause cause, Dialect dialect) {
        return Objects.requireNonNull(Objects.requireNonNull(cells.get(cause)).get(dialect));
    }

    private static DialectTable load() {
        try (var in = DialectTable.class.getResourceAsStream("dialects.tsv");
                var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return parse(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @throws IllegalArgumentException naming the line of the first bad cell, or the first missing one
     */
    static DialectTable parse(BufferedReader reader) throws IOException {
        Map<Cause, EnumMap<Dialect, Answer>> cells = new EnumMap<>(Cause.class);
        reader.readLine();
        int line = 1;
        for (String row = reader.readLine(); row != null; row = reader.readLine()) {
            line++;
            String[] field = row.split("\t", -1);
            if (field.length != 6) {
                throw new IllegalArgumentException(
                        "dialects.tsv:" + line + ": six columns are due, found " + field.length);
            }
            int at = line;
            Cause cause = Cause.byId(field[0])
                    .orElseThrow(() -> new IllegalArgumentException("dialects.tsv:" + at + ": no cause " + field[0]));
            Dialect dialect = Dialect.valueOf(field[1].toUpperCase(java.util.Locale.ROOT));
            for (int i = 2; i < 6; i++) {
                if (field[i].isBlank()) {
                    throw new IllegalArgumentException("dialects.tsv:" + line + ": column " + (i + 1) + " is empty");
                }
            }
            Answer before = cells.computeIfAbsent(cause, c -> new EnumMap<>(Dialect.class))
                    .put(dialect, cell(field, line));
            if (before != null) {
                throw new IllegalArgumentException("dialects.tsv:" + line + ": a second cell for this pair");
            }
        }
        return new DialectTable(complete(cells));
    }

    private static Answer cell(String[] field, int line) {
        String status = field[2];
        if (status.equals("relay") || status.equals("?")) {
            return new Answer(0, status.equals("relay"), field[3], field[4], field[5]);
        }
        int number = Integer.parseInt(status);
        if (number != 0 && (number < 400 || number > 599)) {
            throw new IllegalArgumentException("dialects.tsv:" + line + ": status " + number);
        }
        return new Answer(number, true, field[3], field[4], field[5]);
    }

    /** Fills unknown statuses from the RFC's recommendation, so that every failure has an answer. */
    private static Map<Cause, EnumMap<Dialect, Answer>> complete(Map<Cause, EnumMap<Dialect, Answer>> cells) {
        for (Cause cause : Cause.values()) {
            EnumMap<Dialect, Answer> row = cells.getOrDefault(cause, new EnumMap<>(Dialect.class));
            for (Dialect dialect : Dialect.values()) {
                if (row.get(dialect) == null) {
                    throw new IllegalArgumentException(
                            "dialects.tsv: no cell for " + cause.id() + " and " + dialect.id());
                }
            }
            Answer fallback = Objects.requireNonNull(row.get(Dialect.RFC9209));
            int status = fallback.statusKnown() ? fallback.status() : 500;
            row.replaceAll((dialect, answer) -> answer.statusKnown()
                    ? answer
                    : new Answer(status, false, answer.flag(), answer.log(), answer.evidence()));
        }
        return cells;
    }
}
