package io.culprit.admin.view;

import io.culprit.failure.Text;
import io.culprit.record.Monitor;
import io.culprit.record.count.Series;
import io.culprit.record.watch.Failing;
import io.culprit.record.watch.Outages.Outage;
import io.culprit.record.watch.RecentCounts;
import io.culprit.server.Gateway;
import io.culprit.upstream.Peer;
import io.culprit.upstream.Upstream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The state of a gateway in one word and one sentence. Thread-safe. */
final class Verdict {
    /** After this long without a failure, a verdict says how old it is. */
    private static final long QUIET_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final Gateway gateway;
    private final Monitor monitor;

    Verdict(Gateway gateway) {
        this.gateway = gateway;
        this.monitor = gateway.monitor();
    }

    /** State and sentence: an outage goes before failures, those before doubts. */
    Tree tree(long now) {
        Map<String, Outage> outages = monitor.watch().outages().open();
        if (outages.values().stream().anyMatch(outage -> !outage.unconfirmed())) {
            outages.values().removeIf(Outage::unconfirmed);
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
                                            monitor.watch().outages().lasting(first.sinceMillis(), now),
                                            of(first, now)));
        }
        Map<RecentCounts.Key, Long> lately = monitor.watch().pulse().sums(now / 1000 - 60);
        long all = lately.values().stream().mapToLong(Long::longValue).sum();
        long failed = lately.entrySet().stream()
                .filter(e -> Failing.is(e.getKey().cause()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (failed > 0) {
            RecentCounts.Key most = lately.entrySet().stream()
                    .filter(e -> Failing.is(e.getKey().cause()))
                    .max(Comparator.comparing((Map.Entry<RecentCounts.Key, Long> e) ->
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
                    .put("sentence", (all == 0 ? "" : "requests go well, but ") + String.join("; ", doubts));
        }
        return new Tree().put("state", "up").put("sentence", "up; " + lastMinute(lately, all));
    }

    /** What a client cannot see yet, and somebody should. */
    private List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        monitor.watch().outages().open().values().stream()
                .filter(Outage::unconfirmed)
                .forEach(outage -> doubts.add("%s was out when the gateway stopped, and nobody has asked it since"
                        .formatted(outage.upstream())));
        monitor.uptime()
                .ifPresent(uptime -> uptime.states().stream()
                        .filter(state -> !state.good())
                        .forEach(state -> doubts.add("check " + state.config().name() + " fails: " + state.trouble())));
        for (Upstream upstream : gateway.upstreams().values()) {
            List<Peer> peers = upstream.peers().group().all();
            long unused = peers.stream().filter(Verdict::isBroken).count();
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

    private static String lastMinute(Map<RecentCounts.Key, Long> lately, long all) {
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
    static String of(Outage outage, long now) {
        if (outage.unconfirmed()) {
            return outage.verdict() + "; that was before the gateway was started again, and nobody has asked since";
        }
        return now - outage.lastMillis() < QUIET_MILLIS
                ? outage.verdict()
                : "%s; that was %s ago, no request has gone well since"
                        .formatted(outage.verdict(), lasting(now - outage.lastMillis()));
    }

    private static String lasting(long millis) {
        return Text.duration(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
