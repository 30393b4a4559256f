package io.culprit.record.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.record.Outcomes;
import io.culprit.record.count.Counters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Pattern NAME = Pattern.compile("\\bculprit_[a-z_]+");
    private static final Path PAGE = Path.of("METRICS.md");

    @Test
    void thePageSaysWhatTheEnumSays() throws IOException {
        if (Boolean.getBoolean("metrics.write")) {
            Files.writeString(PAGE, MetricsPage.markdown());
        }
        assertEquals(
                Files.readString(PAGE),
                MetricsPage.markdown(),
                "METRICS.md is old; mvn -pl gateway test -Dtest=MetricsTest -Dmetrics.write=true");
    }

    @Test
    void alertsAndGrafanaNameWhatExists() throws IOException {
        Set<String> known = new TreeSet<>();
        for (Metric metric : Metric.values()) {
            known.add(metric.sampleName());
            if (metric.type() == Metric.Type.HISTOGRAM) {
                known.add(metric.id() + "_bucket");
                known.add(metric.id() + "_count");
                known.add(metric.id() + "_sum");
            }
        }
        for (Path file : new Path[] {Path.of("../conf/alerts/culprit.yml"), Path.of("../conf/grafana/culprit.json")}) {
            Matcher names = NAME.matcher(Files.readString(file));
            int found = 0;
            while (names.find()) {
                found++;
                assertTrue(known.contains(names.group()), file + " names " + names.group());
            }
            assertTrue(found > 10, file + " names " + found + " metrics");
        }
    }

    @Test
    void openMetricsCarriesTheTraceBehindANumber() {
        Counters counters = new Counters(1);
        counters.count(0, Outcomes.failed(Cause.HEAD_RESET, System.currentTimeMillis()));
        try (Metrics metrics = new Metrics(counters)) {
            String plain = new String(metrics.page("").content(), StandardCharsets.UTF_8);
            assertTrue(
                    plain.contains(
                            "culprit_failures_total{blame=\"upstream\",cause=\"head.reset\",phase=\"head\",route=\"/\",upstream=\"app\"} 1.0"),
                    plain);
            assertTrue(plain.contains("culprit_request_duration_seconds_bucket{route=\"/\",le=\"120.0\"} 1"), plain);
            assertTrue(plain.contains("jvm_memory_used_bytes"), plain);
            assertFalse(plain.contains("trace_id"), plain);
            String open = new String(
                    metrics.page("application/openmetrics-text; version=1.0.0").content(), StandardCharsets.UTF_8);
            assertTrue(open.contains("trace_id=\""), open);
            assertTrue(open.endsWith("# EOF\n"), open);
        }
    }
}
