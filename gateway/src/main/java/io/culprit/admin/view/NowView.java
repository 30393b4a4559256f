package io.culprit.admin.view;

import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import io.culprit.failure.Text;
import io.culprit.record.Monitor;
import io.culprit.record.Version;
import io.culprit.record.alert.Alert;
import io.culprit.record.count.Counters;
import io.culprit.record.count.Series;
import io.culprit.record.journal.Example;
import io.culprit.record.journal.JournalQueries.CauseTotal;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.watch.Failing;
import io.culprit.record.watch.Outages.Outage;
import io.culprit.record.watch.Pulse;
import io.culprit.record.watch.Uptime;
import io.culprit.server.Gateway;
import io.culprit.upstream.Peer;
import io.culprit.upstream.Upstream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What fails now, since when, whose fault it is and what to do. Thread-safe. */
public final class NowView {
    /** How long an outage lasts until search engines react to it. */
    private static final long CRAWLERS_SLOW_MILLIS = TimeUnit.HOURS.toMillis(24);

    private static final long PAGES_DROPPED_MILLIS = TimeUnit.HOURS.toMillis(48);

    /** After this long without a failure, a verdict says how old it is. */
    private static final long QUIET_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final Gateway gateway;
    private final Monitor monitor;
    private final String dialect;
    private final long startedMillis = System.currentTimeMillis();

    public NowView(Gateway gateway) {
        this.gateway = gateway;
        this.monitor = gateway.monitor();
        this.dialect = gateway.config().dialect().id();
    }

    /** A row of the table: one cause at one upstream. */
    private record Row(Pulse.Key key, long firstMillis, long sinceMillis, long lastMillis, long count) {}

    /**
     * The state of this moment.
     *
     * @param minutes how far the table of causes looks back; beyond a quarter of an hour the journal is asked
     */
    public byte[] json(long minutes) {
        long now = System.currentTimeMillis();
        Counters counters = monitor.recorder().counters();
        Tree tree = new Tree()
                .put("now", Instant.ofEpochMilli(now).toString())
                .put("started", Instant.ofEpochMilli(startedMillis).toString())
                .put("version", Version.text())
                .put("dialect", dialect)
                .put("verdict", verdict(now))
                .put("requests", counters.requests())
                .put("delivered", counters.ended(Outcome.Ending.DELIVERED))
                .put("failed", counters.ended(Outcome.Ending.FAILED))
                .put("client_gone", counters.ended(Outcome.Ending.CLIENT_GONE))
                .put("retries", counters.retries())
                .put("log_lines_dropped", monitor.recorder().dropped())
                .put("outages", outages(now))
                .put(
                        "alerts",
                        monitor.alerts().firing().stream().map(NowView::alert).toList())
                .put(
                        "uptime",
                        monitor.uptime().map(Uptime::states).orElse(List.of()).stream()
                                .map(NowView::check)
                                .toList())
                .put("window_minutes", minutes);
        if (minutes * 60 <= Pulse.SECONDS) {
            return tree.put("causes", recent(minutes, now)).bytes();
        }
        if (monitor.journal().isEmpty()) {
            return tree.put("causes", recent(Pulse.SECONDS / 60, now))
                    .put("window_minutes", Pulse.SECONDS / 60)
                    .put("trouble", "no journal is kept (journal.url is off): 15 minutes is all that is known")
                    .bytes();
        }
        try {
            return tree.put("causes", kept(minutes, now)).bytes();
        } catch (UnavailableException e) {
            return tree.put("causes", recent(Pulse.SECONDS / 60, now))
                    .put("window_minutes", Pulse.SECONDS / 60)
                    .put("trouble", e.getMessage())
                    .bytes();
        }
    }

    private Tree verdict(long now) {
        Map<String, Outage> outages = monitor.watch().outages().open();
        if (!outages.isEmpty()) {
            Outage first = outages.values().stream()
                    .min(Comparator.comparingLong(Outage::sinceMillis))
                    .orElseThrow();
            String more = outages.size() == 1 ? "" : " and " + Text.count(outages.size() - 1, "other upstream");
            return new Tree()
                    .put("state", "down")
                    .put(
                            "sentence",
                            "%s%s out for %s: %s"
                                    .formatted(
                                            first.upstream(),
                                            more.isEmpty() ? " is" : more + " are",
                                            lasting(now - first.sinceMillis()),
                                            said(first, now)));
        }
        Map<Pulse.Key, Long> lately = sums(60, now);
        long all = lately.values().stream().mapToLong(Long::longValue).sum();
        long failed = lately.entrySet().stream()
                .filter(e -> Failing.is(e.getKey().cause()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (failed > 0) {
            Pulse.Key most = lately.entrySet().stream()
                    .filter(e -> Failing.is(e.getKey().cause()))
                    .max(Comparator.comparing((Map.Entry<Pulse.Key, Long> e) ->
                                    !Failing.isConsequence(e.getKey().cause()))
                            .thenComparing(Map.Entry::getValue))
                    .orElseThrow()
                    .getKey();
            return new Tree()
                    .put("state", "failing")
                    .put(
                            "sentence",
                            "%d of %s failed within the last minute, mostly %s at %s"
                                    .formatted(
                                            failed,
                                            Text.count(all, "request"),
                                            most.cause(),
                                            most.upstream().isEmpty() ? "the gateway" : most.upstream()));
        }
        List<String> doubts = doubts();
        if (!doubts.isEmpty()) {
            return new Tree()
                    .put("state", "degraded")
                    .put("sentence", "requests go well, but " + String.join("; ", doubts));
        }
        return new Tree().put("state", "up").put("sentence", "up; " + lastMinute(lately, all));
    }

    /** What a client cannot see yet, and somebody should. */
    private List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        monitor.uptime()
                .ifPresent(uptime -> uptime.states().stream()
                        .filter(state -> !state.good())
                        .forEach(state -> doubts.add("check " + state.config().name() + " fails: " + state.trouble())));
        for (Upstream upstream : gateway.upstreams().values()) {
            List<Peer> peers = upstream.peers().group().all();
            long unused = peers.stream().filter(NowView::isBroken).count();
            if (unused > 0) {
                doubts.add("%d of %s of %s out of use"
                        .formatted(unused, Text.count(peers.size(), "server"), upstream.name()));
            }
        }
        return doubts;
    }

    private static boolean isBroken(Peer peer) {
        return peer.state() == Peer.State.EJECTED || peer.state() == Peer.State.FAILING_CHECK;
    }

    private static String lastMinute(Map<Pulse.Key, Long> lately, long all) {
        long well = lately.entrySet().stream()
                .filter(e -> e.getKey().cause().equals(Series.WELL))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (all == 0) {
            return "nobody has asked for anything within the last minute";
        }
        if (well == all) {
            return "all %s of the last minute went well".formatted(Text.count(all, "request"));
        }
        Map<String, Long> others = new TreeMap<>();
        lately.forEach((key, n) -> {
            if (!key.cause().equals(Series.WELL)) {
                others.merge(key.cause(), n, Long::sum);
            }
        });
        String most = others.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        return "%d of %s of the last minute went well, the rest is no fault of an upstream's, mostly %s"
                .formatted(well, Text.count(all, "request"), most);
    }

    /** The verdict, and how old it is where nobody has asked since. */
    private static String said(Outage outage, long now) {
        return now - outage.lastMillis() < QUIET_MILLIS
                ? outage.verdict()
                : "%s; that was %s ago, no request has gone well since"
                        .formatted(outage.verdict(), lasting(now - outage.lastMillis()));
    }

    private static String lasting(long millis) {
        return Text.duration(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private List<Tree> outages(long now) {
        return monitor.watch().outages().open().values().stream()
                .map(outage -> new Tree()
                        .put("upstream", outage.upstream())
                        .put("since", Instant.ofEpochMilli(outage.sinceMillis()).toString())
                        .put("seconds", (now - outage.sinceMillis()) / 1000)
                        .put(
                                "last_failure",
                                Instant.ofEpochMilli(outage.lastMillis()).toString())
                        .put("cause", outage.cause())
                        .put("verdict", said(outage, now))
                        .put("crawlers_slow_in_seconds", (outage.sinceMillis() + CRAWLERS_SLOW_MILLIS - now) / 1000)
                        .put("pages_dropped_in_seconds", (outage.sinceMillis() + PAGES_DROPPED_MILLIS - now) / 1000))
                .toList();
    }

    private static Tree check(Uptime.State state) {
        return new Tree()
                .put("name", state.config().name())
                .put("url", state.config().url().toString())
                .put("good", state.good())
                .put("checked", state.checked())
                .put("trouble", state.trouble())
                .put("since", Instant.ofEpochMilli(state.sinceMillis()).toString())
                .put("seconds", state.seconds());
    }

    private static Tree alert(Alert alert) {
        return new Tree()
                .put("rule", alert.rule())
                .put("upstream", alert.upstream())
                .put("subject", alert.subject())
                .put("since", Instant.ofEpochMilli(alert.sinceMillis()).toString())
                .put("summary", alert.summary());
    }

    private Map<Pulse.Key, Long> sums(long seconds, long now) {
        Map<Pulse.Key, Long> sums = new HashMap<>();
        for (Pulse.Slot slot : monitor.watch().pulse().seconds(now / 1000 - seconds)) {
            slot.counts().forEach((key, n) -> sums.merge(key, n, Long::sum));
        }
        return sums;
    }

    private List<Tree> recent(long minutes, long now) {
        Map<Pulse.Key, Long> sums = sums(minutes * 60, now);
        Map<Pulse.Key, Pulse.Sighting> sightings = monitor.watch().pulse().sightings();
        List<Row> rows = new ArrayList<>();
        sums.forEach((key, n) -> {
            Pulse.Sighting seen = sightings.get(key);
            rows.add(new Row(key, seen.firstMillis(), seen.sinceMillis(), seen.lastMillis(), n));
        });
        return table(rows);
    }

    private List<Tree> kept(long minutes, long now) throws UnavailableException {
        List<Row> rows = new ArrayList<>();
        for (CauseTotal each : monitor.journal().orElseThrow().queries().causes(now / 60_000 - minutes)) {
            rows.add(new Row(
                    new Pulse.Key(each.upstream(), each.cause()),
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
                .map(row -> row(row, byUpstream.get(row.key().upstream())))
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
        List<Example> examples = monitor.shelf().find(id, row.key().upstream(), Long.MAX_VALUE, 1);
        examples.forEach(example -> tree.put("example", example.requestId()).put("verdict", example.verdict()));
        return tree;
    }
}
