package io.culprit.record.journal;

import io.culprit.failure.Event;
import io.culprit.record.journal.store.Example;
import io.culprit.record.journal.store.JournalStore;
import io.culprit.record.journal.store.JournalStore.RowReader;
import io.culprit.record.journal.store.SummedTime;
import io.culprit.record.watch.Unobserved;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the dashboard asks the journal. Any thread; every answer takes seconds at most or fails. */
public final class JournalQueries {
    private static final int MINUTES_AHEAD = 24 * 60;

    private final Supplier<Optional<JournalStore>> store;
    private final OptionalLong moment;

    JournalQueries(Supplier<Optional<JournalStore>> store) {
        this(store, OptionalLong.empty());
    }

    private JournalQueries(Supplier<Optional<JournalStore>> store, OptionalLong moment) {
        this.store = store;
        this.moment = moment;
    }

    /**
     * The same as it was just before a moment: what came then or later is left out, and the last minutes are those before.
     *
     * @param epochMillis the moment
     */
    public JournalQueries asOf(long epochMillis) {
        return new JournalQueries(store, OptionalLong.of(epochMillis));
    }

    /** The moment that is looked back from, where it is not now. */
    public OptionalLong moment() {
        return moment;
    }

    /** Where the last minutes end, in milliseconds since the epoch. */
    public long nowMillis() {
        return moment.isPresent() ? moment.getAsLong() - 1 : System.currentTimeMillis();
    }

    /** The end of the last minute that anything was counted in, in milliseconds since the epoch; empty without counts. */
    public OptionalLong end() throws UnavailableException {
        return read("SELECT MAX(at_minute) FROM counts", List.of(), rows -> {
            long last = rows.next() ? rows.getLong(1) : 0;
            return last == 0 ? OptionalLong.empty() : OptionalLong.of((last + 1) * 60_000);
        });
    }

    /** The journal cannot be read now. */
    public static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param why e.g. that there is none */
        public UnavailableException(String why) {
            this(why, null);
        }

        UnavailableException(String why, @Nullable Throwable cause) {
            super("the journal cannot be read: " + why, cause);
        }
    }

    private interface Question<T> {
        T to(JournalStore open) throws SQLException;
    }

    private <T> T ask(Question<T> question) throws UnavailableException {
        JournalStore open = store.get().orElseThrow(() -> new UnavailableException("its store is down", null));
        try {
            return question.to(open);
        } catch (SQLException e) {
            throw new UnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    <T> T read(String sql, List<?> parameters, RowReader<T> reader) throws UnavailableException {
        return ask(open -> open.read(sql, parameters, reader));
    }

    /** The last minute that somebody may have written, whose clock is ahead of ours. */
    private long latest() {
        return moment.isPresent() ? nowMillis() / 60_000 : System.currentTimeMillis() / 60_000 + MINUTES_AHEAD;
    }

    /** A stretch of minutes as a table, see {@link SummedTime#table}. */
    String table(long first, long last, int widest) throws UnavailableException {
        return ask(open -> open.time(first, last, widest)).table();
    }

    /** What is asked of all gateways that share it. */
    public FleetQueries fleet() {
        return new FleetQueries(this);
    }

    /**
     * A cause at an upstream over a time.
     *
     * @param cause id of the cause, {@code ok} for requests that went well
     * @param firstMinute first minute it occurred in, since the epoch
     * @param lastMinute last minute it occurred in
     */
    public record CauseTotal(String upstream, String cause, long firstMinute, long lastMinute, long count) {}

    /** Requests by upstream and cause since a minute, over all gateways that share the journal. */
    public List<CauseTotal> causes(long sinceMinute) throws UnavailableException {
        return read(
                "SELECT upstream, cause, MIN(first_minute), MAX(last_minute), SUM(n) FROM "
                        + table(sinceMinute, latest(), SummedTime.DAY)
                        + " WHERE kind = 'F' GROUP BY upstream, cause ORDER BY SUM(n) DESC",
                List.of(),
                RowReader.each(rows -> new CauseTotal(
                        rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4), rows.getLong(5))));
    }

    /** Requests that ended with one cause within one stretch of time. */
    public record Point(long minute, String cause, long count) {}

    /**
     * Requests by cause over time.
     *
     * @param step minutes that are added up into one point; multiples of 10, 60, 360 and 1440 are quicker to find
     * @param instance one gateway, empty for all that share the journal
     */
    public List<Point> history(long sinceMinute, int step, String instance) throws UnavailableException {
        List<Object> parameters = new ArrayList<>(List.of((long) step));
        return read(
                "SELECT first_minute - MOD(first_minute, ?) AS slot, cause, SUM(n) FROM "
                        + table(sinceMinute, latest(), SummedTime.widestWithin(step))
                        + " WHERE kind = 'F'" + ofInstance(instance, parameters)
                        + " GROUP BY slot, cause ORDER BY slot",
                parameters,
                RowReader.each(rows -> new Point(rows.getLong(1), rows.getString(2), rows.getLong(3))));
    }

    /**
     * The times in which none of the gateways ran, as far as their runs say when they were seen last.
     *
     * @param instance one gateway, empty for all that share the journal
     */
    public Unobserved unobserved(long sinceMillis, long nowMillis, String instance) throws UnavailableException {
        List<Object> parameters = new ArrayList<>(List.of(sinceMillis));
        if (!instance.isEmpty()) {
            parameters.add(instance);
        }
        return read(
                "SELECT started_millis, seen_millis FROM runs WHERE seen_millis >= ?"
                        + (instance.isEmpty() ? "" : " AND instance = ?") + " ORDER BY started_millis",
                parameters,
                rows -> {
                    List<Unobserved.Gap> gaps = new ArrayList<>();
                    long seen = sinceMillis;
                    while (rows.next()) {
                        if (rows.getLong(1) > seen) {
                            gaps.add(new Unobserved.Gap(seen, rows.getLong(1)));
                        }
                        seen = Math.max(seen, rows.getLong(2));
                    }
                    if (nowMillis > seen) {
                        gaps.add(new Unobserved.Gap(seen, nowMillis));
                    }
                    Unobserved unobserved = new Unobserved();
                    unobserved.note(gaps);
                    return unobserved;
                });
    }

    /** Counts by gateway, for tests and for whoever wants everything. */
    public record Row(
            String instance,
            long minute,
            String route,
            String upstream,
            String peer,
            String cause,
            boolean last,
            long count) {}

    /** All counts since a minute, by gateway instance. */
    public List<Row> counts(long sinceMinute) throws UnavailableException {
        return read(
                "SELECT r.instance, c.at_minute, c.route, c.upstream, c.peer, c.cause, c.kind, c.n FROM counts c JOIN"
                        + " runs r ON r.run = c.run WHERE c.at_minute >= ? ORDER BY c.at_minute",
                List.of(sinceMinute),
                RowReader.each(rows -> new Row(
                        rows.getString(1),
                        rows.getLong(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getString(6),
                        rows.getString(7).equals("F"),
                        rows.getLong(8))));
    }

    /** Examples, newest first. */
    public List<Example> examples(ExampleFilter filter, int most) throws UnavailableException {
        List<Object> parameters = new ArrayList<>();
        return examples(filter.where(parameters) + " ORDER BY at_millis DESC LIMIT " + most, parameters);
    }

    /** The example with this request id. */
    public Optional<Example> example(String requestId) throws UnavailableException {
        return examples("request_id = ? ORDER BY at_millis DESC LIMIT 1", List.of(requestId)).stream()
                .findFirst();
    }

    private List<Example> examples(String where, List<?> parameters) throws UnavailableException {
        return read(ExampleRows.SELECT + where, parameters, RowReader.each(ExampleRows::example));
    }

    static String ofInstance(String instance, List<Object> parameters) {
        if (instance.isEmpty()) {
            return "";
        }
        parameters.add(instance);
        return " AND run IN (SELECT run FROM runs WHERE instance = ?)";
    }

    /**
     * Events since a moment, newest first.
     *
     * @param instance one gateway, empty for all that share the journal
     */
    public List<Event> events(long sinceMillis, int most, String instance) throws UnavailableException {
        List<Object> parameters =
                new ArrayList<>(List.of(sinceMillis, moment.isPresent() ? nowMillis() : Long.MAX_VALUE));
        return read(
                "SELECT kind, at_millis, upstream, subject, detail FROM events WHERE at_millis BETWEEN ? AND ?"
                        + ofInstance(instance, parameters) + " ORDER BY at_millis DESC, number DESC LIMIT " + most,
                parameters,
                rows -> {
                    List<Event> all = new ArrayList<>();
                    while (rows.next()) {
                        String kind = rows.getString(1);
                        // A newer program may have written kinds that this one does not know.
                        Optional<Event.Kind> known = Arrays.stream(Event.Kind.values())
                                .filter(k -> k.id().equals(kind))
                                .findFirst();
                        if (known.isPresent()) {
                            all.add(new Event(
                                    known.get(),
                                    rows.getLong(2),
                                    rows.getString(3),
                                    rows.getString(4),
                                    rows.getString(5)));
                        }
                    }
                    return all;
                });
    }
}
