package io.culprit.record.journal.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.culprit.failure.Outcome;
import io.culprit.record.OutcomeJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** The text an example is kept as. What looks like a secret in a URL is masked; bodies and headers are never in it. */
final class ExampleJson {
    private static final JsonFactory JSON = new JsonFactory();

    /** Parameters of a query that are worth stealing. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)([?&](?:[a-z0-9_.-]*(?:token|secret|passw(?:or)?d|apikey|api_key|signature|session|credential)[a-z0-9_.-]*"
                    + "|key|sig|sid|auth|code|jwt|pass|pwd)=)[^&#]*");

    private ExampleJson() {}

    static String of(Outcome o) {
        var text = new StringWriter(1024);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("time", Instant.ofEpochMilli(o.epochMillis()).toString());
            OutcomeJson.write(json, masked(o));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The first text of that name, however deep. */
    static Optional<String> first(String text, String name) {
        try (JsonParser json = JSON.createParser(text)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING && name.equals(json.currentName())) {
                    return Optional.of(json.getText());
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("an example of the journal is not JSON", e);
        }
    }

    private static Outcome masked(Outcome o) {
        String target = mask(o.target());
        String referer = mask(o.referer());
        return target.equals(o.target()) && referer.equals(o.referer()) ? o : o.with(target, referer);
    }

    static String mask(String url) {
        return url.indexOf('=') < 0 ? url : SECRET.matcher(url).replaceAll("$1***");
    }
}
