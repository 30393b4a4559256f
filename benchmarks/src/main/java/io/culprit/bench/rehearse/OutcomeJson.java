package io.culprit.bench.rehearse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** Outcomes for scripts. Stateless. */
final class OutcomeJson {
    private static final JsonFactory JSON = new JsonFactory();

    private OutcomeJson() {}

    static String of(List<Outcome> outcomes) throws IOException {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartArray();
            for (Outcome each : outcomes) {
                json.writeStartObject();
                json.writeStringField("play", each.play().name());
                json.writeStringField("file", each.play().file());
                json.writeStringField("describe", each.play().describe());
                json.writeBooleanField("as_expected", each.differences().isEmpty());
                json.writeStringField("skipped", each.skipped());
                counts(json, "answers", each.answers());
                counts(json, "figures", each.figures());
                counts(json, "findings", each.findings());
                json.writeArrayFieldStart("differences");
                for (String difference : each.differences()) {
                    json.writeString(difference);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("seconds");
                for (Second second : each.seconds()) {
                    json.writeStartObject();
                    json.writeNumberField("second", second.number());
                    json.writeNumberField("sent", second.sent());
                    json.writeNumberField("active", second.active());
                    json.writeNumberField("idle", second.idle());
                    json.writeNumberField("memory", second.memoryBytes());
                    json.writeObjectFieldStart("answers");
                    for (Map.Entry<String, Integer> answer : second.answers().entrySet()) {
                        json.writeNumberField(answer.getKey(), answer.getValue());
                    }
                    json.writeEndObject();
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return text.toString();
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> each : counts.entrySet()) {
            json.writeNumberField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
    }
}
