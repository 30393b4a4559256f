package io.culprit.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.config.ConfigDiff;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What came of reading the configuration's file anew. Immutable.
 *
 * @param diff what has changed; nothing where it was refused
 * @param problems why it was refused, empty when it is in force
 */
public record ReloadReport(ConfigDiff diff, List<String> problems) {
    private static final JsonFactory JSON = new JsonFactory();

    /** It is in force. */
    public static ReloadReport done(ConfigDiff diff) {
        return new ReloadReport(diff, List.of());
    }

    /** It is not, and nothing has changed. */
    public static ReloadReport refused(List<String> problems) {
        return new ReloadReport(ConfigDiff.NONE, problems);
    }

    /** Of a gateway that was not started from a file. */
    static ReloadReport withoutFile() {
        return refused(List.of("this gateway's configuration is not a file"));
    }

    /** Whether the file is in force. */
    public boolean done() {
        return problems.isEmpty();
    }

    byte[] json() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeBooleanField("reloaded", done());
            texts(json, "changed", diff.changed());
            texts(json, "keys", diff.keys());
            texts(json, "at_next_start", diff.atNextStart());
            texts(json, "problems", problems);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String each : texts) {
            json.writeString(each);
        }
        json.writeEndArray();
    }

    /** The same for a person. */
    public String text() {
        StringBuilder out = new StringBuilder();
        problems.forEach(each -> out.append(each).append('\n'));
        if (done()) {
            out.append(diff.changed().isEmpty() ? "reloaded, nothing has changed\n" : "reloaded\n");
            diff.changed().forEach(each -> out.append("  ").append(each).append('\n'));
            diff.keys().forEach(each -> out.append("    ").append(each).append('\n'));
            diff.atNextStart()
                    .forEach(each ->
                            out.append("  at the next start: ").append(each).append('\n'));
        }
        return out.toString();
    }
}
