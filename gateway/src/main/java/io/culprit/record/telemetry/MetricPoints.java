package io.culprit.record.telemetry;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Prometheus would scrape, as OTLP metrics: the same names, cumulative since the start. Stateless. */
final class MetricPoints {
    private MetricPoints() {}

    static List<Metric> of(MetricSnapshots snapshots, long startNanos, long nowNanos) {
        List<Metric> all = new ArrayList<>();
        for (MetricSnapshot each : snapshots) {
            metric(each, startNanos, nowNanos).ifPresent(all::add);
        }
        return all;
    }

    private static Optional<Metric> metric(MetricSnapshot from, long start, long now) {
        Metric.Builder metric = Metric.newBuilder()
                .setName(from.getMetadata().getPrometheusName())
                .setDescription(
                        Optional.ofNullable(from.getMetadata().getHelp()).orElse(""));
        if (from.getDataPoints().isEmpty()) {
            return Optional.empty();
        }
        if (from instanceof CounterSnapshot counter) {
            Sum.Builder sum = Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
            counter.getDataPoints().forEach(p -> sum.addDataPoints(number(p.getLabels(), p.getValue(), start, now)));
            return Optional.of(metric.setSum(sum).build());
        }
        if (from instanceof GaugeSnapshot gauge) {
            Gauge.Builder out = Gauge.newBuilder();
            gauge.getDataPoints().forEach(p -> out.addDataPoints(number(p.getLabels(), p.getValue(), 0, now)));
            return Optional.of(metric.setGauge(out).build());
        }
        if (from instanceof HistogramSnapshot histogram) {
            Histogram.Builder out = Histogram.newBuilder()
                    .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
            histogram.getDataPoints().forEach(p -> out.addDataPoints(histogram(p, start, now)));
            return Optional.of(metric.setHistogram(out).build());
        }
        return Optional.empty(); // summaries of the JVM's collectors: their counts come as counters too
    }

    private static NumberDataPoint number(Labels labels, double value, long start, long now) {
        return NumberDataPoint.newBuilder()
                .addAllAttributes(attributes(labels))
                .setStartTimeUnixNano(start)
                .setTimeUnixNano(now)
                .setAsDouble(value)
                .build();
    }

    private static HistogramDataPoint histogram(HistogramDataPointSnapshot from, long start, long now) {
        HistogramDataPoint.Builder point = HistogramDataPoint.newBuilder()
                .addAllAttributes(attributes(from.getLabels()))
                .setStartTimeUnixNano(start)
                .setTimeUnixNano(now)
                .setSum(from.getSum());
        ClassicHistogramBuckets buckets = from.getClassicBuckets();
        long count = 0;
        for (int i = 0; i < buckets.size(); i++) {
            point.addBucketCounts(buckets.getCount(i));
            count += buckets.getCount(i);
            if (i < buckets.size() - 1) {
                point.addExplicitBounds(buckets.getUpperBound(i));
            }
        }
        return point.setCount(count).build();
    }

    private static List<KeyValue> attributes(Labels labels) {
        List<KeyValue> all = new ArrayList<>(labels.size());
        for (Label label : labels) {
            all.add(Otlp.text(label.getName(), label.getValue()));
        }
        return all;
    }
}
