package io.culprit.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.config.JournalConfig;
import io.culprit.failure.Diagnosis;
import io.culprit.record.count.Series;
import io.culprit.record.journal.Example;
import io.culprit.record.journal.JournalImport;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.triage.Triage;
import io.culprit.triage.chain.Failed;
import io.culprit.triage.tally.Exhibit;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** What triage found, as rows of the journal. */
final class TriageImport {
    private static final String INSTANCE = "logs";
    private static final Duration KEPT = Duration.ofDays(7);

    private TriageImport() {}

    /**
     * @param url the journal's, with user and password where it needs them
     * @return minutes written
     * @throws IOException when it cannot be opened or written
     */
    static int write(Triage.Result result, String url) throws IOException {
        List<Minute> minutes = new ArrayList<>();
        List<Example> examples = new ArrayList<>();
        for (Failed failed : result.evidence().failed()) {
            String id = id(failed.diagnoses());
            String peer = failed.upstreams().size() == 1 ? failed.upstreams().first() : "";
            perMinute(failed.bySecond())
                    .forEach((minute, count) -> minutes.add(new Minute(minute, INSTANCE, peer, id, count)));
            failed.exhibits().stream()
                    .filter(e -> e.micros() != Exhibit.TIMELESS)
                    .forEach(e -> examples.add(example(result, failed, id, peer, e)));
        }
        perMinute(result.tally().answered().bySecond())
                .forEach((minute, count) -> minutes.add(new Minute(minute, INSTANCE, "", Series.WELL, count)));
        if (minutes.isEmpty()) {
            return 0;
        }
        long from = minutes.stream().mapToLong(Minute::minute).min().orElse(0) * 60_000;
        long to = (minutes.stream().mapToLong(Minute::minute).max().orElse(0) + 1) * 60_000;
        JournalConfig config = new JournalConfig(url, "", "", KEPT, INSTANCE);
        JournalImport.write(config, INSTANCE, Main.Version.number(), from, to, minutes, examples);
        return minutes.size();
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

    private static Example example(Triage.Result result, Failed failed, String id, String peer, Exhibit line) {
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
                INSTANCE,
                peer,
                id,
                status.isEmpty() ? 0 : Integer.parseInt(status),
                text.toString());
    }
}
