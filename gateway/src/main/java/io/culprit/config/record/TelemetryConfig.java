package io.culprit.config.record;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Traces and metrics that leave by OTLP; Prometheus needs no configuration.
 *
 * @param propagate whether {@code traceparent} is continued or begun and sent to upstreams
 * @param samplePercent share of the traces begun here that is exported, 0 to 100; failures are exported in any case
 * @param otlp where to export to, empty for nowhere
 */
public record TelemetryConfig(boolean propagate, int samplePercent, Optional<Otlp> otlp) {
    /**
     * @param endpoint base URL of an OTLP/HTTP receiver; {@code /v1/traces} and {@code /v1/metrics} are appended
     * @param headers sent with every export, for credentials
     * @param traces whether spans are exported
     * @param metrics whether metrics are exported
     * @param every pause between two exports of metrics
     */
    public record Otlp(URI endpoint, Map<String, String> headers, boolean traces, boolean metrics, Duration every) {}
}
