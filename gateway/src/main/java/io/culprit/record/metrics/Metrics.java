package io.culprit.record.metrics;

import io.culprit.record.count.Counters;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * All metrics of the gateway: Micrometer's registry with the JVM's, and beside them what the gateway counts itself,
 * read when somebody asks. Counting with Micrometer's own timers would cost some tenth of a microsecond each, six times
 * a request; the {@link Counters} cost a few additions. Thread-safe.
 */
public final class Metrics implements AutoCloseable {
    private final List<MetricSource> sources = new CopyOnWriteArrayList<>();
    private @Nullable PrometheusMeterRegistry registry;
    private @Nullable JvmGcMetrics gc;

    /**
     * @param content the page
     * @param contentType its media type
     */
    public record Page(byte[] content, String contentType) {}

    /** Looks for its formats on the class path when it is first asked. */
    private static final class Formats {
        private static final ExpositionFormats ALL = ExpositionFormats.init();
    }

    public Metrics(Counters counters) {
        sources.add(new CounterSource(counters));
    }

    /** Made at the first look: the JVM's meters take a tenth of a second, which the start should not pay. */
    private synchronized PrometheusMeterRegistry registry() {
        if (registry == null) {
            registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            gc = new JvmGcMetrics();
            new JvmMemoryMetrics().bindTo(registry);
            new JvmThreadMetrics().bindTo(registry);
            new ClassLoaderMetrics().bindTo(registry);
            new ProcessorMetrics().bindTo(registry);
            new UptimeMetrics().bindTo(registry);
            new FileDescriptorMetrics().bindTo(registry);
            gc.bindTo(registry);
            registry.getPrometheusRegistry().register((MultiCollector) this::collect);
        }
        return registry;
    }

    /** Adds a source; its metrics are in every later scrape. */
    public void add(MetricSource source) {
        sources.add(source);
    }

    /** A source that has come to its end. */
    public void remove(MetricSource source) {
        sources.remove(source);
    }

    private MetricSnapshots collect() {
        Samples samples = new Samples();
        sources.forEach(source -> source.collect(samples));
        return samples.snapshots();
    }

    /** Everything at this moment. */
    public MetricSnapshots snapshots() {
        return registry().getPrometheusRegistry().scrape();
    }

    /**
     * The page for a scraper, in the format it asked for: Prometheus' text, OpenMetrics with exemplars or protobuf.
     *
     * @param accept the request's Accept, empty for none
     */
    public Page page(String accept) {
        ExpositionFormatWriter writer = Formats.ALL.findWriter(accept);
        var out = new ByteArrayOutputStream(64 * 1024);
        try {
            writer.write(out, snapshots());
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return new Page(out.toByteArray(), writer.getContentType());
    }

    @Override
    public synchronized void close() {
        if (registry != null && gc != null) {
            gc.close();
            registry.close();
        }
    }
}
