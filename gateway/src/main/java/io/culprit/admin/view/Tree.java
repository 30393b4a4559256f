package io.culprit.admin.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object being put together, field by field in order. */
final class Tree {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** JSON text that is passed on as it is. */
    record Raw(String json) {}

    /**
     * Adds a field.
     *
     * @param value a string, number, boolean, list, tree or {@link Raw}
     */
    Tree put(String name, @Nullable Object value) {
        fields.put(name, value);
        return this;
    }

    /** Adds a duration in milliseconds, with microseconds as its fraction. */
    Tree millis(String name, long nanos) {
        return put(name, nanos / 1_000 / 1000.0);
    }

    /** As JSON. */
    byte[] bytes() {
        return bytes(this);
    }

    static byte[] bytes(Object value) {
        var out = new ByteArrayOutputStream(4_096);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            write(json, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Tree tree) {
            json.writeStartObject();
            for (Map.Entry<String, Object> each : tree.fields.entrySet()) {
                json.writeFieldName(each.getKey());
                write(json, each.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object each : list) {
                write(json, each);
            }
            json.writeEndArray();
        } else if (value instanceof Raw raw) {
            json.writeRawValue(raw.json());
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            throw new IllegalArgumentException("not for JSON: " + value);
        }
    }
}
