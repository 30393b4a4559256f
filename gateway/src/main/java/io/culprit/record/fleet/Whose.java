package io.culprit.record.fleet;

import io.culprit.record.count.Series;
import io.culprit.record.fleet.Attribution.Owner;
import io.culprit.record.watch.Failing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Whose a failure is: a cause at one server from all gateways is that server's, one that a single gateway sees is that
 * machine's or its network's, one that all see at all servers is the upstream's. Who saw nothing only counts where it asked
 * often enough to have seen it: at the others' rate it would have failed {@link #EXPECTED} times. Stateless.
 */
public final class Whose {
    /** Fewer failures than this are not judged. */
    static final long LEAST = 5;

    /** How many failures whoever is said to be spared would have had at the others' rate. */
    static final double EXPECTED = 5;

    /** Who is spared fails at less than this part of the others' rate. */
    private static final double SPARED = 0.1;

    /** Who sees it fails at no less than this part of the highest rate. */
    private static final double SEES = 0.25;

    private Whose() {}

    /** Failures of one kind against all attempts, of one server or gateway. */
    private record Share(String name, long failed, long all) {
        double rate() {
            return all == 0 ? 0 : (double) failed / all;
        }
    }

    /** Who sees a cause, who is spared, and who asked too little to tell. */
    private record Split(List<Share> sees, List<Share> spared, List<Share> untold) {
        static Split of(List<Share> shares) {
            double highest = shares.stream()
                    .filter(each -> each.failed() >= Math.min(LEAST, 3))
                    .mapToDouble(Share::rate)
                    .max()
                    .orElse(0);
            List<Share> sees = shares.stream()
                    .filter(each -> each.failed() > 0 && each.rate() >= highest * SEES)
                    .toList();
            double rate = sum(sees).rate();
            List<Share> spared = new ArrayList<>();
            List<Share> untold = new ArrayList<>();
            for (Share each : shares) {
                if (!sees.contains(each)) {
                    double expected = rate * each.all();
                    (expected >= EXPECTED && each.failed() <= expected * SPARED ? spared : untold).add(each);
                }
            }
            return new Split(sees, spared, untold);
        }

        boolean onlyOne() {
            return sees.size() == 1 && !spared.isEmpty() && untold.isEmpty();
        }

        boolean all() {
            return sees.size() > 1 && spared.isEmpty();
        }
    }

    private static Share sum(List<Share> shares) {
        return new Share(
                "",
                shares.stream().mapToLong(Share::failed).sum(),
                shares.stream().mapToLong(Share::all).sum());
    }

    /** Judges every cause at every upstream that failed often enough, the most frequent first. */
    public static List<Attribution> of(List<Attempts> attempts) {
        Map<String, List<Attempts>> byUpstream = new TreeMap<>();
        attempts.forEach(each -> byUpstream
                .computeIfAbsent(each.upstream(), u -> new ArrayList<>())
                .add(each));
        List<Attribution> all = new ArrayList<>();
        byUpstream.forEach((upstream, some) -> some.stream()
                .map(Attempts::cause)
                .filter(cause -> !cause.equals(Series.WELL) && Failing.is(cause))
                .distinct()
                .sorted()
                .forEach(cause -> judge(upstream, cause, some).ifPresent(all::add)));
        all.sort(Comparator.comparingLong(Attribution::count).reversed());
        return all;
    }

    private static Optional<Attribution> judge(String upstream, String cause, List<Attempts> attempts) {
        List<Share> gateways = shares(cause, attempts, Attempts::instance);
        List<Share> servers = shares(
                cause, attempts.stream().filter(each -> !each.peer().isEmpty()).toList(), Attempts::peer);
        Share total = sum(gateways);
        if (total.failed() < LEAST) {
            return Optional.empty();
        }
        Split byGateway = Split.of(gateways);
        Split byServer = Split.of(servers);
        Verdict verdict = verdict(cause, attempts, byGateway, byServer, gateways, servers);
        return Optional.of(new Attribution(
                cause,
                upstream,
                verdict.owner(),
                verdict.subject(),
                total.failed(),
                "%s at upstream %s, %s: %s".formatted(cause, upstream, counted(total), verdict.why())));
    }

    private record Verdict(Owner owner, String subject, String why) {}

    private static Verdict verdict(
            String cause,
            List<Attempts> attempts,
            Split byGateway,
            Split byServer,
            List<Share> gateways,
            List<Share> servers) {
        if (byServer.onlyOne()) {
            Share server = byServer.sees().get(0);
            Split there = Split.of(shares(
                    cause,
                    attempts.stream()
                            .filter(each -> each.peer().equals(server.name()))
                            .toList(),
                    Attempts::instance));
            if (there.onlyOne()) {
                Share gateway = there.sees().get(0);
                return new Verdict(
                        Owner.PATH,
                        gateway.name() + " to " + server.name(),
                        "only %s, and only at server %s (%s); %s %s that server without it. It is the way between the two"
                                .formatted(
                                        gateway.name(),
                                        server.name(),
                                        counted(gateway),
                                        others(there.spared(), "gateway"),
                                        there.spared().size() == 1 ? "reaches" : "reach"));
            }
            return new Verdict(
                    Owner.SERVER,
                    server.name(),
                    "%s from %s; %s %s. It is that server's"
                            .formatted(
                                    counted(server),
                                    gateways.size() == 1
                                            ? gateways.get(0).name()
                                            : "all " + there.sees().size() + " gateways that asked it enough",
                                    others(byServer.spared(), "server"),
                                    none(byServer.spared())));
        }
        if (byGateway.onlyOne()) {
            Share gateway = byGateway.sees().get(0);
            return new Verdict(
                    Owner.GATEWAY,
                    gateway.name(),
                    "%s at %s; %s %s for the same upstream. It is that machine or its network"
                            .formatted(
                                    counted(gateway),
                                    gateway.name(),
                                    others(byGateway.spared(), "gateway"),
                                    none(byGateway.spared())));
        }
        if (gateways.size() == 1) {
            return new Verdict(
                    Owner.UNCLEAR,
                    "",
                    "only %s asks this upstream, so that nobody can say whether another would see it"
                            .formatted(gateways.get(0).name()));
        }
        if (byGateway.all() && (servers.size() <= 1 || byServer.all())) {
            return new Verdict(
                    Owner.UPSTREAM,
                    "",
                    "%d of %d gateways see it%s. It is the upstream's"
                            .formatted(
                                    byGateway.sees().size(),
                                    gateways.size(),
                                    servers.size() > 1
                                            ? ", at %d of %d servers"
                                                    .formatted(byServer.sees().size(), servers.size())
                                            : ""));
        }
        return new Verdict(
                Owner.UNCLEAR,
                "",
                "%d of %d gateways and %d of %d servers see it, %d asked too little to tell"
                        .formatted(
                                byGateway.sees().size(),
                                gateways.size(),
                                byServer.sees().size(),
                                servers.size(),
                                byGateway.untold().size() + byServer.untold().size()));
    }

    private static List<Share> shares(String cause, List<Attempts> attempts, Function<Attempts, String> by) {
        Map<String, long[]> counts = new TreeMap<>();
        for (Attempts each : attempts) {
            long[] count = counts.computeIfAbsent(by.apply(each), name -> new long[2]);
            count[0] += each.cause().equals(cause) ? each.count() : 0;
            count[1] += each.count();
        }
        List<Share> shares = new ArrayList<>();
        counts.forEach((name, count) -> shares.add(new Share(name, count[0], count[1])));
        return shares;
    }

    private static String counted(Share share) {
        return "%,d of %,d attempts".formatted(share.failed(), share.all());
    }

    private static String others(List<Share> shares, String what) {
        return shares.size() == 1 ? shares.get(0).name() : "the %d other %ss".formatted(shares.size(), what);
    }

    private static String none(List<Share> shares) {
        Share sum = sum(shares);
        return (shares.size() == 1 ? "has " : "have ")
                + (sum.failed() == 0 ? "none" : "%,d".formatted(sum.failed()))
                + " in %,d".formatted(sum.all());
    }
}
