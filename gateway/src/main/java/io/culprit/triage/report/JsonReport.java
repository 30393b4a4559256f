package io.culprit.triage.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.Triage;
import io.culprit.triage.Verdict;
import io.culprit.triage.chain.Fix;
import io.culprit.triage.chain.Link;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.classify.Program;
import io.culprit.triage.explain.Meaning;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Tally;
import io.culprit.triage.tally.Top;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** For scripts: everything, in one object. Times are ISO 8601 in UTC, durations in seconds. */
public final class JsonReport {
    private static final int MOST = 50;

    private final Triage.Result result;
    private final JsonGenerator json;

    private JsonReport(Triage.Result result, JsonGenerator json) {
        this.result = result;
        this.json = json;
    }

    /** Writes the report; the stream stays open. */
    public static void write(Triage.Result result, OutputStream out) throws IOException {
        JsonFactory factory = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        try (JsonGenerator json = factory.createGenerator(out).useDefaultPrettyPrinter()) {
            new JsonReport(result, json).write();
            json.writeRaw('\n');
        }
    }

    private void write() throws IOException {
        Verdict verdict = new Verdict(result);
        json.writeStartObject();
        json.writeStringField("verdict", verdict.sentence());
        json.writeStringField("blame", verdict.blame().id());
        json.writeBooleanField("finding", result.isFinding());
        Optional<Link> link = verdict.link();
        json.writeArrayFieldStart("causes");
        for (Failed each : result.evidence().failed()) {
            failed(each);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("links");
        for (Link each : result.links()) {
            link(each, link.filter(l -> l == each).isPresent());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("events");
        for (Group each : result.tally().groups(Kind.EVENT)) {
            group(each);
        }
        json.writeEndArray();
        read();
        json.writeEndObject();
    }

    private void failed(Failed failed) throws IOException {
        json.writeStartObject();
        ids("causes", failed.diagnoses());
        json.writeStringField("blame", failed.blame().id());
        json.writeNumberField("requests", failed.requests());
        json.writeNumberField("error_lines", failed.errorLines());
        time("first", failed.first());
        time("last", failed.last());
        json.writeStringField("summary", failed.diagnosis().summary());
        json.writeStringField("remedy", failed.diagnosis().remedy());
        json.writeStringField("not_proven", Meaning.of(failed.diagnosis()).notProven());
        top("statuses", failed.statuses());
        top("upstreams", failed.upstreams());
        top("paths", failed.paths());
        top("clients", failed.clients());
        exhibits("proof", failed.exhibits());
        json.writeEndObject();
    }

    private void link(Link link, boolean main) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("main", main);
        ids("effects", link.effects());
        ids("roots", link.roots());
        json.writeNumberField("requests", link.requests());
        json.writeStringField("blame", link.blame().id());
        json.writeStringField("because", link.because());
        json.writeStringField("not_proven", link.notProven());
        json.writeArrayFieldStart("not_this");
        for (String each : link.notThis()) {
            json.writeString(each);
        }
        json.writeEndArray();
        exhibits("proof", link.proof());
        json.writeObjectFieldStart("fix");
        json.writeStringField("advice", link.fix().advice());
        json.writeArrayFieldStart("changes");
        for (Fix.Change each : link.fix().changes()) {
            json.writeStartObject();
            json.writeStringField("file", each.file());
            json.writeStringField("before", each.before());
            json.writeStringField("after", each.after());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private void group(Group group) throws IOException {
        json.writeStartObject();
        ids("conditions", group.diagnoses());
        json.writeStringField("blame", group.blame().id());
        json.writeNumberField("lines", group.lines());
        time("first", group.first());
        time("last", group.last());
        top("scripts", group.scripts());
        exhibits("proof", group.exhibits());
        json.writeEndObject();
    }

    private void read() throws IOException {
        Tally tally = result.tally();
        json.writeObjectFieldStart("read");
        json.writeNumberField("files", result.files().size());
        json.writeNumberField("lines", tally.lines());
        json.writeNumberField("unknown_lines", tally.unreadCount());
        json.writeNumberField("requests", tally.requests());
        json.writeNumberField("requests_5xx", tally.failed());
        json.writeNumberField("requests_retried", tally.retried());
        json.writeObjectFieldStart("programs");
        for (Map.Entry<Program, Long> each : tally.programs().entrySet()) {
            json.writeNumberField(each.getKey().id(), each.getValue());
        }
        json.writeEndObject();
        exhibits("unknown", tally.unreadLines());
        json.writeArrayFieldStart("problems");
        for (String each : result.problems()) {
            json.writeString(each);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void ids(String name, List<Diagnosis> diagnoses) throws IOException {
        json.writeArrayFieldStart(name);
        for (Diagnosis each : diagnoses) {
            json.writeString(each.id());
        }
        json.writeEndArray();
    }

    private void top(String name, Top top) throws IOException {
        json.writeObjectFieldStart(name);
        for (Top.Entry each : top.first(MOST)) {
            json.writeNumberField(each.name(), each.count());
        }
        json.writeEndObject();
    }

    private void exhibits(String name, List<Exhibit> exhibits) throws IOException {
        json.writeArrayFieldStart(name);
        for (Exhibit each : exhibits) {
            json.writeStartObject();
            json.writeStringField("at", result.evidence().where(each));
            time("time", each.micros());
            json.writeStringField("line", each.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void time(String name, long micros) throws IOException {
        if (micros != Long.MAX_VALUE && micros != Long.MIN_VALUE) {
            json.writeStringField(name, Instant.EPOCH.plusNanos(micros * 1000).toString());
        }
    }
}
