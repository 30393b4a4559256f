package io.culprit.record.metrics;

import io.culprit.record.count.Buckets;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** METRICS.md, made from {@link Metric}: a test keeps the file and the enum the same. Stateless. */
final class MetricsPage {
    private MetricsPage() {}

    static String markdown() {
        var out = new StringBuilder("""
                # Metrics

                `GET /metrics` on the admin listener, in Prometheus' text format or OpenMetrics (with exemplars: the trace id
                of a request behind the number). Made from `Metric.java`; beside these come Micrometer's `jvm_*`, `process_*`
                and `system_*`.

                | metric | type | labels | says |
                |---|---|---|---|
                """);
        for (Metric metric : Metric.values()) {
            out.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            metric.sampleName(),
                            metric.type().name().toLowerCase(java.util.Locale.ROOT),
                            metric.labels().isEmpty()
                                    ? "-"
                                    : metric.labels().stream()
                                            .map(label -> "`" + label + "`")
                                            .collect(Collectors.joining(" ")),
                            metric.help()));
        }
        String bounds = DoubleStream.of(Buckets.seconds())
                .mapToObj(s -> s == Math.rint(s) ? Long.toString((long) s) : Double.toString(s))
                .collect(Collectors.joining(", "));
        return out.append("\nBuckets of every histogram, in seconds: ")
                .append(bounds)
                .append(".\n")
                .toString();
    }
}
