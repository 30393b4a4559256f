package io.culprit.record.metrics;

import io.culprit.failure.Cause;
import io.culprit.record.count.Counters;
import io.culprit.record.count.Counters.Count;
import io.culprit.record.count.Exemplar;
import io.culprit.record.count.Series;
import io.culprit.record.count.Series.Kind;
import io.culprit.record.count.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The exact counts as metrics. Stateless. */
final class CounterSource implements MetricSource {
    private static final List<String> STATUSES = List.of("none", "1xx", "2xx", "3xx", "4xx", "5xx", "other");

    private final Counters counters;

    CounterSource(Counters counters) {
        this.counters = counters;
    }

    @Override
    public void collect(Samples samples) {
        for (Counters.Requests each : counters.byRoute()) {
            samples.add(
                    Metric.REQUESTS,
                    each.count(),
                    each.route(),
                    each.method().name(),
                    STATUSES.get(each.statusClass()));
        }
        for (String route : counters.routes()) {
            samples.add(Metric.REQUEST_DURATION, counters.durations(route), route);
        }
        failures(samples);
        for (String upstream : counters.upstreams()) {
            for (Step step : Step.values()) {
                if (step == Step.QUEUE) {
                    samples.add(Metric.QUEUE_WAIT, counters.durations(upstream, step), upstream);
                } else {
                    samples.add(
                            Metric.UPSTREAM_PHASE_DURATION, counters.durations(upstream, step), upstream, step.id());
                }
            }
            counters.retries(upstream).forEach((cause, n) -> samples.add(Metric.RETRIES, n, upstream, cause.id()));
        }
    }

    /** A label set must not come twice: final failures are not told apart by peer, attempts not by route. */
    private void failures(Samples samples) {
        Map<List<String>, Sum> ended = new TreeMap<>(CounterSource::compare);
        Map<List<String>, Sum> attempts = new TreeMap<>(CounterSource::compare);
        counters.series().forEach((series, count) -> {
            if (series.cause().equals(Series.WELL)) {
                return;
            }
            if (series.kind() == Kind.FINAL) {
                ended.merge(List.of(series.route(), series.upstream(), series.cause()), Sum.of(count), Sum::plus);
            } else {
                attempts.merge(List.of(series.upstream(), series.peer(), series.cause()), Sum.of(count), Sum::plus);
            }
        });
        ended.forEach((key, sum) -> add(samples, Metric.FAILURES, key, sum));
        attempts.forEach((key, sum) -> add(samples, Metric.UPSTREAM_FAILURES, key, sum));
    }

    private static int compare(List<String> a, List<String> b) {
        for (int i = 0; i < a.size(); i++) {
            int order = a.get(i).compareTo(b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static void add(Samples samples, Metric metric, List<String> key, Sum sum) {
        Cause cause = Cause.byId(key.get(2)).orElseThrow();
        samples.add(
                metric,
                sum.count(),
                sum.exemplar(),
                key.get(0),
                key.get(1),
                cause.id(),
                cause.phase().id(),
                cause.blame().id());
    }

    private record Sum(long count, Exemplar exemplar) {
        static Sum of(Count count) {
            return new Sum(count.total(), count.exemplar());
        }

        Sum plus(Sum more) {
            return new Sum(
                    count + more.count,
                    more.exemplar.epochMillis() > exemplar.epochMillis() ? more.exemplar : exemplar);
        }
    }
}
