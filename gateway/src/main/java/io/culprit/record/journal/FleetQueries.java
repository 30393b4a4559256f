package io.culprit.record.journal;

import io.culprit.record.fleet.Attempts;
import io.culprit.record.fleet.Instance;
import io.culprit.record.fleet.Instance.State;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.store.JournalStore.RowReader;
import io.culprit.record.journal.store.SummedTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is asked of all gateways that share a journal. Any thread; every answer takes seconds at most or fails. */
public final class FleetQueries {
    /** Gateways that were not heard of for so long are forgotten here. */
    private static final long FORGOTTEN_MILLIS = 7 * 24 * 3_600_000L;

    private final JournalQueries journal;

    FleetQueries(JournalQueries journal) {
        this.journal = journal;
    }

    /** The gateways that were heard of within a week, by their last run, those that report first. */
    public List<Instance> instances(long nowMillis) throws UnavailableException {
        return instances(nowMillis, nowMillis - FORGOTTEN_MILLIS);
    }

    /**
     * The gateways by their last run, those that report first.
     *
     * @param sinceMillis those that were heard of then or later, or within a week
     */
    public List<Instance> instances(long nowMillis, long sinceMillis) throws UnavailableException {
        Map<String, Instance> latest = journal.read(
                "SELECT instance, version, started_millis, seen_millis, ended_millis, clean FROM runs WHERE seen_millis >= ?"
                        + " AND started_millis <= ? ORDER BY started_millis DESC, seen_millis DESC",
                List.of(
                        Math.min(sinceMillis, nowMillis - FORGOTTEN_MILLIS),
                        journal.moment().orElse(Long.MAX_VALUE)),
                rows -> {
                    Map<String, Instance> found = new LinkedHashMap<>();
                    while (rows.next()) {
                        long seen = rows.getLong(4);
                        long end = rows.getLong(5);
                        boolean ended =
                                !rows.wasNull() && end <= journal.moment().orElse(Long.MAX_VALUE);
                        boolean clean = rows.getBoolean(6);
                        State state = ended && clean
                                ? State.STOPPED
                                : !ended && nowMillis - seen < Journal.DEAD_AFTER_MILLIS
                                        ? State.REPORTING
                                        : State.SILENT;
                        found.putIfAbsent(
                                rows.getString(1),
                                new Instance(rows.getString(1), rows.getString(2), state, rows.getLong(3), seen));
                    }
                    return found;
                });
        List<Instance> sorted = new ArrayList<>(latest.values());
        sorted.sort(Comparator.comparing(Instance::state).thenComparing(Instance::name));
        return sorted;
    }

    /**
     * What a gateway last said of itself.
     *
     * @param body JSON of the view
     */
    public record Said(String instance, long atMillis, String body) {}

    /**
     * A view as each gateway last published it, by name.
     *
     * @param view its name
     * @param instance one gateway alone, or empty
     */
    public List<Said> said(String view, String instance, long nowMillis) throws UnavailableException {
        return journal.read(
                "SELECT instance, at_millis, body FROM views WHERE name = ? AND at_millis BETWEEN ? AND ?"
                        + " AND (? = '' OR instance = ?) ORDER BY instance",
                List.of(
                        view,
                        nowMillis - FORGOTTEN_MILLIS,
                        journal.moment().orElse(Long.MAX_VALUE),
                        instance,
                        instance),
                RowReader.each(rows -> new Said(rows.getString(1), rows.getLong(2), rows.getString(3))));
    }

    /**
     * How requests ended, by gateway.
     *
     * @param sinceMinute the first, minutes since the epoch
     * @param untilMinute the last
     * @param attempts whether attempts at servers are meant, or whole requests
     */
    public List<Attempts> counts(long sinceMinute, long untilMinute, boolean attempts) throws UnavailableException {
        return journal.read(
                "SELECT r.instance, c.upstream, c.peer, c.cause, SUM(c.n) FROM "
                        + journal.table(sinceMinute, untilMinute, SummedTime.DAY)
                        + " JOIN runs r ON r.run = c.run WHERE c.kind = ? GROUP BY r.instance, c.upstream, c.peer, c.cause",
                List.of(attempts ? "A" : "F"),
                RowReader.each(rows -> new Attempts(
                        rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getLong(5))));
    }
}
