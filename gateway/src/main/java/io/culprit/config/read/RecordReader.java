package io.culprit.config.read;

import io.culprit.config.record.JournalConfig;
import io.culprit.config.record.TelemetryConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Reads {@code journal}, {@code tracing} and {@code otlp}: where what is recorded goes besides the logs. */
final class RecordReader {
    private static final String DEFAULT_URL = "jdbc:h2:./data/journal";

    private RecordReader() {}

    /** Empty when it is switched off. */
    static Optional<JournalConfig> journal(Section top) {
        try (Section section = top.section("journal")) {
            String url = section.text("url", DEFAULT_URL);
            String user = section.text("user", "");
            String password = section.text("password", "");
            Duration retention = section.positiveDuration("retention", Duration.ofDays(7));
            String instance = section.text("instance", JournalConfig.hostName());
            if (instance.isBlank() || instance.equals("*") || instance.length() > 255) {
                section.problem(
                        section.at("instance"),
                        "\"" + section.name("instance")
                                + "\" names this gateway among others: 1 to 255 characters, not *");
            }
            if (retention.compareTo(Duration.ofMinutes(1)) < 0) {
                section.problem(section.at("retention"), "\"" + section.name("retention") + "\" must be 1m at least");
            }
            if (url.equals(JournalConfig.OFF)) {
                return Optional.empty();
            }
            boolean file = url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:h2:tcp:");
            if (!file && !url.startsWith("jdbc:postgresql:")) {
                section.problem(
                        section.at("url"),
                        ("\"%s\" is \"%s\"; jdbc:h2:FILE, jdbc:postgresql://HOST/DATABASE or off was expected")
                                .formatted(section.name("url"), Section.shown(withoutPassword(url))));
            }
            if (file) {
                String path = url.substring("jdbc:h2:".length())
                        .replaceFirst("^file:", "")
                        .replaceFirst(";.*", "");
                if (!path.startsWith("mem:")) {
                    HereCheck.database(section, section.at("url"), "url", path);
                }
            }
            return Optional.of(new JournalConfig(url, user, password, retention, instance));
        }
    }

    private static String withoutPassword(String url) {
        return url.replaceAll("(?i)(password=)[^&;]*", "$1***");
    }

    static TelemetryConfig telemetry(Section top) {
        try (Section tracing = top.section("tracing")) {
            boolean propagate = tracing.flag("propagate", true);
            int sample = tracing.share("sample", 10);
            return new TelemetryConfig(propagate, sample, top.has("otlp") ? otlp(top) : Optional.empty());
        }
    }

    private static Optional<TelemetryConfig.Otlp> otlp(Section top) {
        try (Section section = top.section("otlp")) {
            Optional<URI> endpoint = WebValues.url(section, "endpoint");
            boolean traces = section.flag("traces", true);
            boolean metrics = section.flag("metrics", true);
            Duration every = section.positiveDuration("every", Duration.ofSeconds(15));
            Map<String, String> headers = WebValues.headers(section, "headers");
            return endpoint.map(e -> new TelemetryConfig.Otlp(e, headers, traces, metrics, every));
        }
    }
}
