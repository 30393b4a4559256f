package io.culprit.triage.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.failure.Diagnosis;
import io.culprit.record.count.Series;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.record.journal.store.Example;
import io.culprit.triage.Triage;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Failed;
import java.io.IOException;
import java.io.Serializable;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What was found as rows of the journal, for the dashboard.
 *
 * @param minutes requests by minute and cause, those that went well too
 * @param examples the lines that prove each cause
 */
public record JournalRows(List<Minute> minutes, List<Example> examples) implements Serializable {
    /** @param instance whose logs they are */
    public static JournalRows of(Triage.Result result, String instance) {
        List<Minute> minutes = new ArrayList<>();
        List<Example> examples = new ArrayList<>();
        for (Failed failed : result.evidence().failed()) {
            String id = id(failed.diagnoses());
            String peer = failed.upstreams().size() == 1 ? failed.upstreams().first() : "";
            perMinute(failed.bySecond())
                    .forEach((minute, count) -> minutes.add(new Minute(minute, instance, peer, id, count)));
            failed.exhibits().stream()
                    .filter(e -> e.micros() != Exhibit.TIMELESS)
                    .forEach(e -> examples.add(example(result, instance, failed, id, peer, e)));
        }
        perMinute(result.tally().answered().bySecond())
                .forEach((minute, count) -> minutes.add(new Minute(minute, instance, "", Series.WELL, count)));
        return new JournalRows(List.copyOf(minutes), List.copyOf(examples));
    }

    private static Map<Long, Long> perMinute(Map<Long, Long> bySecond) {
        Map<Long, Long> minutes = new TreeMap<>();
        bySecond.forEach((second, count) -> minutes.merge(Math.floorDiv(second, 60L), count, Long::sum));
        return minutes;
    }

    /** Several that cannot be told apart stay several, as far as the column is wide. */
    private static String id(List<Diagnosis> diagnoses) {
        String all = diagnoses.stream().map(Diagnosis::id).collect(Collectors.joining("|"));
        return all.length() <= 64 ? all : all.substring(0, all.lastIndexOf('|', 60)) + "|...";
    }

    private static Example example(
            Triage.Result result, String instance, Failed failed, String id, String peer, Exhibit line) {
        long millis = line.micros() / 1000;
        String requestId = UUID.nameUUIDFromBytes(
                        (result.evidence().where(line) + line.text()).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .toString();
        String status = failed.statuses().first();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("time", Instant.ofEpochMilli(millis).toString());
            json.writeStringField("request_id", requestId);
            json.writeStringField("cause", id);
            json.writeStringField("blame", failed.blame().id());
            json.writeStringField("detail", result.evidence().where(line) + ": " + line.text());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Example(
                requestId,
                millis,
                "",
                instance,
                peer,
                id,
                status.isEmpty() ? 0 : Integer.parseInt(status),
                text.toString());
    }
}
