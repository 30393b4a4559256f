package io.culprit.record.alert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.config.record.AlertConfig.Format;
import io.culprit.record.alert.Alert.Status;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;

/** What a webhook is sent. Stateless. */
final class WebhookBody {
    private static final JsonFactory JSON = new JsonFactory();

    private WebhookBody() {}

    /**
     * @param instance what the gateway is called
     */
    static String of(Format format, Alert alert, String instance) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            switch (format) {
                case JSON -> own(json, alert, instance);
                case SLACK -> json.writeStringField("text", slack(alert, instance));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void own(JsonGenerator json, Alert alert, String instance) throws IOException {
        json.writeNumberField("version", 1);
        json.writeStringField("status", alert.status().id());
        json.writeStringField("alert", alert.rule());
        json.writeStringField("key", instance + "/" + alert.key());
        json.writeStringField("gateway", instance);
        json.writeStringField("upstream", alert.upstream());
        json.writeStringField("subject", alert.subject());
        json.writeStringField("since", Instant.ofEpochMilli(alert.sinceMillis()).toString());
        json.writeStringField("at", Instant.ofEpochMilli(alert.atMillis()).toString());
        json.writeStringField("summary", alert.summary());
    }

    /** Slack wants these three escaped and nothing else ("Formatting text for app surfaces"). */
    private static String slack(Alert alert, String instance) {
        String sign = alert.status() == Status.FIRING ? ":red_circle:" : ":large_green_circle:";
        String text = "*%s* on %s: %s".formatted(alert.rule(), instance, alert.summary());
        return sign + " " + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
