package io.culprit.record.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.culprit.failure.Outcome;
import io.culprit.record.OutcomeJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** One JSON object, everything that is known of the request. */
final class JsonLine implements LineFormat {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // some readers take U+2028 for the end of a line
            .build();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);

    @Override
    public void append(Outcome o, Line line) {
        bytes.reset();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("time", Instant.ofEpochMilli(o.epochMillis()).toString());
            OutcomeJson.write(json, o);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        line.add(bytes.toString(StandardCharsets.ISO_8859_1));
    }
}
