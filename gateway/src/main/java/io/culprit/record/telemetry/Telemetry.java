package io.culprit.record.telemetry;

import io.culprit.config.record.TelemetryConfig;
import io.culprit.failure.Outcome;
import io.culprit.record.OutcomeWriter;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Metrics;
import io.culprit.record.metrics.Samples;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports spans and metrics by OTLP on a thread of its own. {@link #write} is called on the recording thread and only
 * queues; what does not fit is dropped and counted. Failures are exported whether sampled or not: they are what somebody
 * will look for.
 */
public final class Telemetry implements OutcomeWriter, MetricSource {
    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);
    private static final int QUEUE = 4_096;
    private static final int BATCH = 512;
    private static final long BATCH_MILLIS = 1_000;
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final TelemetryConfig.Otlp config;
    private final Otlp otlp;
    private final String instance;
    private final String version;
    private final Metrics metrics;
    private final ArrayBlockingQueue<Outcome> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final long startNanos = System.currentTimeMillis() * 1_000_000;
    private final Thread thread = new Thread(this::work, "otlp");
    private volatile boolean closing;
    private long nextMetrics;

    /**
     * @param instance what this gateway is called
     * @param version of this program
     */
    public Telemetry(TelemetryConfig.Otlp config, String instance, String version, Metrics metrics) {
        this.config = config;
        this.otlp = new Otlp(config);
        this.instance = instance;
        this.version = version;
        this.metrics = metrics;
        this.nextMetrics = System.nanoTime() + config.every().toNanos();
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void write(Outcome outcome) {
        if (config.traces() && (outcome.trace().sampled() || outcome.failure() != null) && !queue.offer(outcome)) {
            lost(outcome);
        }
    }

    private void lost(Outcome outcome) {
        dropped.addAndGet(1L + outcome.attempts().size());
    }

    private void work() {
        try {
            while (!closing) {
                step(BATCH_MILLIS);
            }
            long end = System.nanoTime() + LAST_NANOS;
            do {
                step(0);
            } while (!queue.isEmpty() && System.nanoTime() < end);
            queue.forEach(this::lost);
            nextMetrics = System.nanoTime();
            step(0);
        } catch (InterruptedException e) {
            LOG.debug("the export was ended", e);
        }
    }

    private void step(long waitMillis) throws InterruptedException {
        List<Outcome> batch = new ArrayList<>();
        Outcome first = queue.poll(waitMillis, TimeUnit.MILLISECONDS);
        if (first != null) {
            batch.add(first);
            queue.drainTo(batch, BATCH - 1);
        }
        try {
            if (!batch.isEmpty()) {
                exportSpans(batch);
            }
            if (config.metrics() && System.nanoTime() - nextMetrics >= 0) {
                nextMetrics = System.nanoTime() + config.every().toNanos();
                exportMetrics();
            }
        } catch (RuntimeException e) {
            LOG.error("exporting by OTLP met what it does not know", e);
        }
    }

    private void exportSpans(List<Outcome> batch) throws InterruptedException {
        ScopeSpans.Builder spans = ScopeSpans.newBuilder().setScope(Otlp.scope(version));
        batch.forEach(outcome -> spans.addAllSpans(Spans.of(outcome)));
        boolean taken = otlp.send(
                "traces",
                ExportTraceServiceRequest.newBuilder()
                        .addResourceSpans(ResourceSpans.newBuilder()
                                .setResource(Otlp.resource(instance, version))
                                .addScopeSpans(spans))
                        .build());
        if (!taken) {
            batch.forEach(this::lost);
        }
    }

    private void exportMetrics() throws InterruptedException {
        otlp.send(
                "metrics",
                ExportMetricsServiceRequest.newBuilder()
                        .addResourceMetrics(ResourceMetrics.newBuilder()
                                .setResource(Otlp.resource(instance, version))
                                .addScopeMetrics(ScopeMetrics.newBuilder()
                                        .setScope(Otlp.scope(version))
                                        .addAllMetrics(MetricPoints.of(
                                                metrics.snapshots(),
                                                startNanos,
                                                System.currentTimeMillis() * 1_000_000))))
                        .build());
    }

    @Override
    public void flush() {
        // the exporting thread has a pace of its own
    }

    @Override
    public void reopen() {
        // no file
    }

    @Override
    public void collect(Samples samples) {
        samples.add(Metric.OTLP_SPANS_DROPPED, dropped.get());
        otlp.collect(samples);
    }

    /** Exports what waits, for some seconds at most. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(6));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
