package io.culprit.bench.load;

import io.culprit.bench.load.plan.Arrivals;
import io.culprit.bench.load.plan.LatencyReader;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** So many clients that ask a URL once, all at the same time: what overload looks like from outside. Stateless. */
public final class Burst {
    /** Clients a second: far more than are served, and no more than connections can be accepted on this machine. */
    private static final int RATE = 4_000;

    private Burst() {}

    /**
     * What came of it.
     *
     * @param admittedMillis how long those took that were answered well, in order of their arrival
     * @param refusedMillis how long the others took, in no order
     * @param outcomes what became of those that were refused
     * @param outOfTurn those answered well that were overtaken by one that came later, by more than chance allows
     */
    public record Result(double[] admittedMillis, double[] refusedMillis, Set<String> outcomes, int outOfTurn) {
        /** A percentile of either, 0 to 100; 0 when there is nothing. */
        public static double percentile(double[] values, double percentile) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return sorted.length == 0 ? 0 : sorted[(int) Math.round(percentile / 100 * (sorted.length - 1))];
        }
    }

    private record Ended(String outcome, long due, long sent, long end) {}

    /**
     * Sends them, {@link #RATE} a second, and waits for all.
     *
     * @param slackMillis how much earlier a later one must end to have overtaken
     */
    public static Result send(URI url, int clients, double slackMillis) throws IOException {
        List<Plan.Request> requests = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            requests.add(new Plan.Request(i * 1_000_000_000L / RATE, 0, new long[] {0}));
        }
        List<Ended> all = new ArrayList<>();
        Cell cell = new Cell(Settings.ANY, false) {
            @Override
            public void ended(String outcome, long due, long sent, long end) {
                all.add(new Ended(outcome, due, sent, end));
            }
        };
        Plan plan = new Plan(
                "",
                Optional.of(url),
                List.of(new Plan.Ask(1, "GET", url.getRawPath() + "?" + url.getRawQuery(), "", 0)),
                new Arrivals(Arrivals.Shape.CONSTANT, 1, 1, Duration.ofMillis(50), Duration.ZERO, Duration.ZERO),
                Duration.ofSeconds(30),
                1,
                LatencyReader.none(),
                Settings.ANY,
                List.of(Settings.ANY),
                Plan.Mode.REAL,
                0,
                Optional.empty(),
                1,
                List.of());
        try (Generator generator =
                new Generator(new InetSocketAddress(url.getHost(), url.getPort()), url.getRawAuthority(), plan, cell)) {
            generator.run(requests, share -> {});
        }
        all.sort(java.util.Comparator.comparingLong(Ended::due));
        List<Ended> well =
                all.stream().filter(e -> e.outcome().equals(Cell.GOOD)).toList();
        Set<String> outcomes = new TreeSet<>();
        all.stream().map(Ended::outcome).filter(o -> !o.equals(Cell.GOOD)).forEach(outcomes::add);
        return new Result(
                well.stream().mapToDouble(e -> (e.end() - e.due()) / 1e6).toArray(),
                all.stream()
                        .filter(e -> !e.outcome().equals(Cell.GOOD))
                        .mapToDouble(e -> (e.end() - e.sent()) / 1e6)
                        .toArray(),
                outcomes,
                outOfTurn(well, slackMillis));
    }

    private static int outOfTurn(List<Ended> inOrder, double slackMillis) {
        int overtaken = 0;
        for (int i = 0; i < inOrder.size(); i++) {
            long earliest = Long.MAX_VALUE;
            for (Ended later : inOrder.subList(i + 1, inOrder.size())) {
                earliest = Math.min(earliest, later.end());
            }
            overtaken += inOrder.get(i).end() - slackMillis * 1e6 > earliest ? 1 : 0;
        }
        return overtaken;
    }
}
