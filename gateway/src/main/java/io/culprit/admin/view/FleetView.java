package io.culprit.admin.view;

import io.culprit.failure.Cause;
import io.culprit.record.count.Series;
import io.culprit.record.fleet.Attempts;
import io.culprit.record.fleet.Attribution;
import io.culprit.record.fleet.Instance;
import io.culprit.record.fleet.Whose;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.watch.Failing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All gateways that share a journal: which report, what fails where, and whose it is. Thread-safe. */
public final class FleetView {
    /** Causes shown at most. */
    private static final int CAUSES = 50;

    private FleetView() {}

    /**
     * The fleet as JSON.
     *
     * @param minutes how far back
     * @throws UnavailableException when the journal cannot be read
     */
    public static byte[] json(JournalQueries journal, long minutes) throws UnavailableException {
        long now = journal.nowMillis();
        long since = now / 60_000 - minutes + 1;
        List<Instance> instances = journal.fleet().instances(now, since * 60_000);
        List<Attempts> requests = journal.fleet().counts(since, now / 60_000, false);
        Map<String, long[]> sums = sums(requests);
        List<Attribution> findings = Whose.of(journal.fleet().counts(since, now / 60_000, true));
        Tree tree = new Tree();
        journal.moment()
                .ifPresent(
                        moment -> tree.put("as_of", Instant.ofEpochMilli(moment).toString()));
        return tree.put("minutes", minutes)
                .put(
                        "instances",
                        instances.stream()
                                .map(each -> instance(each, sums.getOrDefault(each.name(), new long[2])))
                                .toList())
                .put("findings", findings.stream().map(FleetView::finding).toList())
                .put("causes", causes(requests))
                .bytes();
    }

    /** Requests of each gateway, and how many of them failed. */
    private static Map<String, long[]> sums(List<Attempts> requests) {
        Map<String, long[]> sums = new HashMap<>();
        for (Attempts each : requests) {
            long[] sum = sums.computeIfAbsent(each.instance(), name -> new long[2]);
            sum[0] += each.count();
            sum[1] += failing(each) ? each.count() : 0;
        }
        return sums;
    }

    private static Tree instance(Instance instance, long[] requestsAndFailed) {
        return new Tree()
                .put("name", instance.name())
                .put("state", instance.state().id())
                .put("version", instance.version())
                .put("started", Instant.ofEpochMilli(instance.startedMillis()).toString())
                .put("seen", Instant.ofEpochMilli(instance.seenMillis()).toString())
                .put("requests", requestsAndFailed[0])
                .put("failed", requestsAndFailed[1]);
    }

    private static boolean failing(Attempts each) {
        return !each.cause().equals(Series.WELL) && Failing.is(each.cause());
    }

    private static Tree finding(Attribution each) {
        return new Tree()
                .put("cause", each.cause())
                .put("upstream", each.upstream())
                .put("whose", each.whose().id())
                .put("subject", each.subject())
                .put("count", each.count())
                .put("sentence", each.sentence());
    }

    /** Failed requests by upstream and cause, each with the gateways that saw it. */
    private static List<Tree> causes(List<Attempts> requests) {
        record Key(String upstream, String cause) {}

        Map<Key, Map<String, Long>> by =
                new TreeMap<>(Comparator.comparing(Key::upstream).thenComparing(Key::cause));
        for (Attempts each : requests) {
            if (failing(each)) {
                by.computeIfAbsent(new Key(each.upstream(), each.cause()), k -> new TreeMap<>())
                        .merge(each.instance(), each.count(), Long::sum);
            }
        }
        List<Map.Entry<Key, Map<String, Long>>> sorted = new ArrayList<>(by.entrySet());
        sorted.sort(Comparator.comparingLong((Map.Entry<Key, Map<String, Long>> each) -> total(each.getValue()))
                .reversed());
        return sorted.stream()
                .limit(CAUSES)
                .map(each -> {
                    List<Tree> seen = new ArrayList<>();
                    each.getValue()
                            .forEach((name, count) ->
                                    seen.add(new Tree().put("instance", name).put("count", count)));
                    Tree tree = new Tree()
                            .put("upstream", each.getKey().upstream())
                            .put("cause", each.getKey().cause())
                            .put("count", total(each.getValue()))
                            .put("instances", seen);
                    Cause.byId(each.getKey().cause())
                            .ifPresent(cause -> tree.put("blame", cause.blame().id())
                                    .put("summary", cause.summary())
                                    .put("remedy", cause.remedy()));
                    return tree;
                })
                .toList();
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
