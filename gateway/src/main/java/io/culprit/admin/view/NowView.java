package io.culprit.admin.view;

import io.culprit.failure.Outcome;
import io.culprit.record.Monitor;
import io.culprit.record.Version;
import io.culprit.record.alert.Alert;
import io.culprit.record.count.Counters;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.watch.RecentCounts;
import io.culprit.record.watch.Uptime;
import io.culprit.server.Gateway;
import io.culprit.server.clients.ClientsHeld;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What fails now, since when, whose fault it is and what to do. Thread-safe. */
public final class NowView {
    /** How long an outage lasts until search engines react to it. */
    private static final long CRAWLERS_SLOW_MILLIS = TimeUnit.HOURS.toMillis(24);

    private static final long PAGES_DROPPED_MILLIS = TimeUnit.HOURS.toMillis(48);

    private final Gateway gateway;
    private final Monitor monitor;
    private final Verdict verdict;
    private final CauseTable causes;
    private final String dialect;
    private final long startedMillis = System.currentTimeMillis();

    public NowView(Gateway gateway) {
        this.gateway = gateway;
        this.monitor = gateway.monitor();
        this.verdict = new Verdict(gateway);
        this.causes = new CauseTable(gateway.monitor());
        this.dialect = gateway.config().dialect().id();
    }

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
                .put("verdict", verdict.tree(now))
                .put("requests", counters.requests())
                .put("delivered", counters.ended(Outcome.Ending.DELIVERED))
                .put("failed", counters.ended(Outcome.Ending.FAILED))
                .put("client_gone", counters.ended(Outcome.Ending.CLIENT_GONE))
                .put("retries", counters.retries())
                .put("log_lines_dropped", monitor.recorder().dropped())
                .put("clients", clients(gateway.clientsHeld()))
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
        if (minutes * 60 <= RecentCounts.SECONDS) {
            return tree.put("causes", causes.recent(minutes, now)).bytes();
        }
        if (monitor.journal().isEmpty()) {
            return tree.put("causes", causes.recent(RecentCounts.SECONDS / 60, now))
                    .put("window_minutes", RecentCounts.SECONDS / 60)
                    .put("trouble", "no journal is kept (journal.url is off): 15 minutes is all that is known")
                    .bytes();
        }
        try {
            return tree.put("causes", causes.kept(minutes, now)).bytes();
        } catch (UnavailableException e) {
            return tree.put("causes", causes.recent(RecentCounts.SECONDS / 60, now))
                    .put("window_minutes", RecentCounts.SECONDS / 60)
                    .put("trouble", e.getMessage())
                    .bytes();
        }
    }

    private List<Tree> outages(long now) {
        return monitor.watch().outages().open().values().stream()
                .map(outage -> new Tree()
                        .put("upstream", outage.upstream())
                        .put("since", Instant.ofEpochMilli(outage.sinceMillis()).toString())
                        .put("seconds", seen(outage.sinceMillis(), now) / 1000)
                        .put(
                                "not_observed_seconds",
                                monitor.watch().unobserved().between(outage.sinceMillis(), now) / 1000)
                        .put("confirmed", !outage.unconfirmed())
                        .put(
                                "last_failure",
                                Instant.ofEpochMilli(outage.lastMillis()).toString())
                        .put("cause", outage.cause())
                        .put("verdict", Verdict.of(outage, now))
                        .put(
                                "crawlers_slow_in_seconds",
                                (CRAWLERS_SLOW_MILLIS - seen(outage.sinceMillis(), now)) / 1000)
                        .put(
                                "pages_dropped_in_seconds",
                                (PAGES_DROPPED_MILLIS - seen(outage.sinceMillis(), now)) / 1000))
                .toList();
    }

    private long seen(long sinceMillis, long now) {
        return monitor.watch().unobserved().observed(sinceMillis, now);
    }

    private static Tree clients(ClientsHeld held) {
        return new Tree()
                .put("connections", held.connections())
                .put("most", held.most())
                .put("idle", held.idle())
                .put("memory_percent", held.memoryPercent())
                .put("paused", held.paused())
                .put("sparing", held.sparing().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private static Tree check(Uptime.State state) {
        return new Tree()
                .put("name", state.config().name())
                .put("url", state.config().shown())
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
}
