package io.culprit.record.metrics;

import io.culprit.record.count.Buckets;
import io.culprit.record.count.Durations;
import io.culprit.record.count.Exemplar;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All values of one scrape, being collected. Used by one thread. */
public final class Samples {
    private static final double[] BOUNDS = bounds();

    private final Map<Metric, Set<Labels>> seen = new EnumMap<>(Metric.class);
    private final Map<Metric, List<GaugeDataPointSnapshot>> gauges = new EnumMap<>(Metric.class);
    private final Map<Metric, List<CounterDataPointSnapshot>> counters = new EnumMap<>(Metric.class);
    private final Map<Metric, List<HistogramDataPointSnapshot>> histograms = new EnumMap<>(Metric.class);

    private static double[] bounds() {
        double[] finite = Buckets.seconds();
        double[] all = java.util.Arrays.copyOf(finite, finite.length + 1);
        all[finite.length] = Double.POSITIVE_INFINITY;
        return all;
    }

    /**
     * Adds a value.
     *
     * @param labels values of the metric's labels, in their order
     * @throws IllegalArgumentException when the number of labels is not the metric's
     */
    public void add(Metric metric, double value, String... labels) {
        add(metric, value, Exemplar.NONE, labels);
    }

    /** As {@link #add(Metric, double, String...)}, with a request that stands for the count. */
    public void add(Metric metric, double value, Exemplar exemplar, String... labels) {
        Labels named = labels(metric, labels);
        if (isTwice(metric, named)) {
            return;
        }
        switch (metric.type()) {
            case GAUGE -> list(gauges, metric).add(new GaugeDataPointSnapshot(value, named, null));
            case COUNTER ->
                list(counters, metric)
                        .add(new CounterDataPointSnapshot(value, named, exemplar.exists() ? point(exemplar) : null, 0));
            case HISTOGRAM -> throw new IllegalArgumentException(metric + " takes durations");
        }
    }

    /** Two names may lead to one address: a page with the same labels twice would be refused whole. */
    private boolean isTwice(Metric metric, Labels labels) {
        return !seen.computeIfAbsent(metric, m -> new HashSet<>()).add(labels);
    }

    /** Adds a histogram's state. */
    public void add(Metric metric, Durations durations, String... labels) {
        if (isTwice(metric, labels(metric, labels))) {
            return;
        }
        List<io.prometheus.metrics.model.snapshots.Exemplar> exemplars = new ArrayList<>();
        for (int i = 0; i < BOUNDS.length; i++) {
            if (durations.exemplar(i).exists()) {
                exemplars.add(point(durations.exemplar(i)));
            }
        }
        list(histograms, metric)
                .add(new HistogramDataPointSnapshot(
                        ClassicHistogramBuckets.of(BOUNDS, durations.counts()),
                        durations.seconds(),
                        labels(metric, labels),
                        Exemplars.of(exemplars),
                        0));
    }

    private static io.prometheus.metrics.model.snapshots.Exemplar point(Exemplar exemplar) {
        return io.prometheus.metrics.model.snapshots.Exemplar.builder()
                .value(exemplar.value())
                .traceId(exemplar.trace().traceId())
                .spanId(io.culprit.failure.Trace.id(exemplar.trace().span()))
                .timestampMillis(exemplar.epochMillis())
                .build();
    }

    private static Labels labels(Metric metric, String... values) {
        if (values.length != metric.labels().size()) {
            throw new IllegalArgumentException(metric + " has the labels " + metric.labels());
        }
        return Labels.of(metric.labels().toArray(new String[0]), values);
    }

    private static <T> List<T> list(Map<Metric, List<T>> of, Metric metric) {
        return of.computeIfAbsent(metric, m -> new ArrayList<>());
    }

    MetricSnapshots snapshots() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        for (Metric metric : Metric.values()) {
            snapshot(metric, all);
        }
        return all.build();
    }

    private void snapshot(Metric metric, MetricSnapshots.Builder all) {
        MetricSnapshot.Builder<?> builder = switch (metric.type()) {
            case GAUGE -> {
                var gauge = GaugeSnapshot.builder();
                gauges.getOrDefault(metric, List.of()).forEach(gauge::dataPoint);
                yield gauge;
            }
            case COUNTER -> {
                var counter = CounterSnapshot.builder();
                counters.getOrDefault(metric, List.of()).forEach(counter::dataPoint);
                yield counter;
            }
            case HISTOGRAM -> {
                var histogram = HistogramSnapshot.builder();
                histograms.getOrDefault(metric, List.of()).forEach(histogram::dataPoint);
                yield histogram;
            }
        };
        all.metricSnapshot(builder.name(metric.id()).help(metric.help()).build());
    }
}
