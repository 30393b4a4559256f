package io.culprit.triage.lint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Flaws in the form that code hosts show beside a change: SARIF 2.1.0, by OASIS. */
public final class Sarif {
    private Sarif() {}

    /** Writes one run; the stream stays open. */
    public static void write(List<Flaw> flaws, String version, OutputStream out) throws IOException {
        JsonFactory factory = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        try (JsonGenerator json = factory.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.writeStringField("version", "2.1.0");
            json.writeArrayFieldStart("runs");
            json.writeStartObject();
            json.writeObjectFieldStart("tool");
            json.writeObjectFieldStart("driver");
            json.writeStringField("name", "culprit lint");
            json.writeStringField("version", version);
            json.writeArrayFieldStart("rules");
            for (String id : flaws.stream().map(Flaw::id).distinct().sorted().toList()) {
                json.writeStartObject();
                json.writeStringField("id", id);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
            json.writeArrayFieldStart("results");
            for (Flaw each : flaws) {
                result(json, each);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void result(JsonGenerator json, Flaw flaw) throws IOException {
        json.writeStartObject();
        json.writeStringField("ruleId", flaw.id());
        json.writeStringField("level", flaw.level().id());
        json.writeObjectFieldStart("message");
        json.writeStringField("text", flaw.message() + ". " + flaw.fix() + ".");
        json.writeEndObject();
        json.writeArrayFieldStart("locations");
        json.writeStartObject();
        json.writeObjectFieldStart("physicalLocation");
        json.writeObjectFieldStart("artifactLocation");
        json.writeStringField("uri", flaw.file().toString());
        json.writeEndObject();
        json.writeObjectFieldStart("region");
        json.writeNumberField("startLine", flaw.line());
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }
}
