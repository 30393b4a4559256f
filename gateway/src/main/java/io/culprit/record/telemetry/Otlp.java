package io.culprit.record.telemetry;

import com.google.protobuf.Message;
import io.culprit.config.record.TelemetryConfig;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends OTLP messages over HTTP, in protobuf and gzip (OpenTelemetry Protocol 1.x, "OTLP/HTTP"). A receiver that does
 * not answer costs what was to be sent, counted, never the gateway. Called by the exporting thread only.
 */
final class Otlp implements MetricSource {
    private static final Logger LOG = LoggerFactory.getLogger(Otlp.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PASSING = "may pass: ";

    private final TelemetryConfig.Otlp config;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final Map<String, Map<String, AtomicLong>> results = new ConcurrentSkipListMap<>();
    private final Map<String, String> lastTrouble = new HashMap<>();

    Otlp(TelemetryConfig.Otlp config) {
        this.config = config;
    }

    /**
     * Sends one message; tried a second time where the receiver says that its trouble passes.
     *
     * @param signal {@code traces} or {@code metrics}
     * @return false when it was not taken
     */
    boolean send(String signal, Message message) throws InterruptedException {
        byte[] body = gzip(message);
        String trouble = post(signal, body);
        if (trouble.startsWith(PASSING)) {
            Thread.sleep(1_000);
            trouble = post(signal, body);
        }
        count(signal, trouble.isEmpty() ? "sent" : "failed");
        if (!trouble.equals(lastTrouble.getOrDefault(signal, ""))) {
            if (trouble.isEmpty()) {
                LOG.info("{} takes {} again", config.endpoint(), signal);
            } else {
                LOG.warn("{} does not take {}: {}", config.endpoint(), signal, trouble);
            }
            lastTrouble.put(signal, trouble);
        }
        return trouble.isEmpty();
    }

    /** Why it was not taken, empty when it was. */
    private String post(String signal, byte[] body) throws InterruptedException {
        String base = config.endpoint().toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base : base + "/") + "v1/" + signal))
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "gzip")
                .header("User-Agent", "culprit");
        config.headers().forEach(request::setHeader);
        try {
            int status = client.send(
                            request.POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status / 100 == 2) {
                return "";
            }
            boolean passing = status == 429 || status == 502 || status == 503 || status == 504;
            return (passing ? PASSING : "") + "it answered " + status;
        } catch (IOException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private static byte[] gzip(Message message) {
        var bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            message.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private void count(String signal, String result) {
        results.computeIfAbsent(signal, s -> new ConcurrentSkipListMap<>())
                .computeIfAbsent(result, r -> new AtomicLong())
                .incrementAndGet();
    }

    @Override
    public void collect(Samples samples) {
        results.forEach((signal, counts) ->
                counts.forEach((result, n) -> samples.add(Metric.OTLP_EXPORTS, n.get(), signal, result)));
    }

    /** Who speaks. */
    static Resource resource(String instance, String version) {
        return Resource.newBuilder()
                .addAttributes(text("service.name", "culprit"))
                .addAttributes(text("service.instance.id", instance))
                .addAttributes(text("service.version", version))
                .build();
    }

    static InstrumentationScope scope(String version) {
        return InstrumentationScope.newBuilder()
                .setName("io.culprit")
                .setVersion(version)
                .build();
    }

    static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    static KeyValue number(String key, long value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setIntValue(value))
                .build();
    }
}
