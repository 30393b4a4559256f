package io.culprit.admin.view;

import io.culprit.failure.Cause;
import io.culprit.record.Monitor;
import io.culprit.record.count.Series;
import io.culprit.record.journal.ExampleFilter;
import io.culprit.record.journal.JournalQueries.CauseTotal;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.store.Example;
import io.culprit.record.watch.Failing;
import io.culprit.record.watch.RecentCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Causes by upstream, the worst first, each with its latest example. Thread-safe. */
final class CauseTable {
    private final Monitor monitor;

    CauseTable(Monitor monitor) {
        this.monitor = monitor;
    }

    /** A row of the table: one cause at one upstream. */
    private record Row(RecentCounts.Key key, long firstMillis, long sinceMillis, long lastMillis, long count) {}

    /** What the last minutes held, from memory. */
    List<Tree> recent(long minutes, long now) {
        Map<RecentCounts.Key, Long> sums = monitor.watch().pulse().sums(now / 1000 - minutes * 60);
        Map<RecentCounts.Key, RecentCounts.Sighting> sightings =
                monitor.watch().pulse().sightings();
        List<Row> rows = new ArrayList<>();
        sums.forEach((key, n) -> {
            RecentCounts.Sighting seen = sightings.get(key);
            if (seen != null) {
                rows.add(new Row(key, seen.firstMillis(), seen.sinceMillis(), seen.lastMillis(), n));
            }
        });
        return table(rows);
    }

    /**
     * The same from the journal.
     *
     * @throws UnavailableException when it cannot be read now
     */
    List<Tree> kept(long minutes, long now) throws UnavailableException {
        List<Row> rows = new ArrayList<>();
        for (CauseTotal each : monitor.journal().orElseThrow().queries().causes(now / 60_000 - minutes)) {
            rows.add(new Row(
                    new RecentCounts.Key(each.upstream(), each.cause()),
                    each.firstMinute() * 60_000,
                    each.firstMinute() * 60_000,
                    Math.min(now, each.lastMinute() * 60_000 + 59_999),
                    each.count()));
        }
        return table(rows);
    }

    private List<Tree> table(List<Row> rows) {
        Map<String, Long> byUpstream = new HashMap<>();
        rows.forEach(row -> byUpstream.merge(row.key().upstream(), row.count(), Long::sum));
        return rows.stream()
                .filter(row -> !row.key().cause().equals(Series.WELL))
                .sorted(Comparator.comparing((Row row) -> !Failing.is(row.key().cause()))
                        .thenComparing(row -> Failing.isConsequence(row.key().cause()))
                        .thenComparing(Comparator.comparingLong(Row::count).reversed()))
                .map(row -> row(row, byUpstream.getOrDefault(row.key().upstream(), row.count())))
                .toList();
    }

    private Tree row(Row row, long all) {
        String id = row.key().cause();
        Tree tree = new Tree()
                .put("cause", id)
                .put("upstream", row.key().upstream())
                .put("first_seen", Instant.ofEpochMilli(row.firstMillis()).toString())
                .put("since", Instant.ofEpochMilli(row.sinceMillis()).toString())
                .put("last_seen", Instant.ofEpochMilli(row.lastMillis()).toString())
                .put("count", row.count())
                .put("share", (double) row.count() / all)
                .put("failure", Failing.is(id));
        Cause.byId(id)
                .ifPresent(cause -> tree.put("phase", cause.phase().id())
                        .put("blame", cause.blame().id())
                        .put("summary", cause.summary())
                        .put("remedy", cause.remedy()));
        List<Example> examples =
                monitor.shelf().find(ExampleFilter.of(id, row.key().upstream()), 1);
        examples.forEach(example -> tree.put("example", example.requestId()).put("verdict", example.verdict()));
        return tree;
    }
}
