package io.culprit.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.admission.Admission;
import io.culprit.dialect.Answer;
import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import io.culprit.record.OutcomeJson;
import io.culprit.server.Gateway;
import io.culprit.upstream.Peer;
import io.culprit.upstream.PeerGroup;
import io.culprit.upstream.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The gateway's state as JSON, read from live objects without stopping anything. Thread-safe. */
final class StateJson {
    private static final JsonFactory JSON = new JsonFactory();

    private final Gateway gateway;
    private final Instant started = Instant.now();

    StateJson(Gateway gateway) {
        this.gateway = gateway;
    }

    byte[] state() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var counters = gateway.recorder().counters();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("started", started.toString());
            json.writeStringField("now", Instant.now().toString());
            json.writeStringField("dialect", gateway.config().dialect().id());
            json.writeNumberField("requests", counters.requests());
            json.writeNumberField("delivered", counters.ended(Outcome.Ending.DELIVERED));
            json.writeNumberField("failed", counters.ended(Outcome.Ending.FAILED));
            json.writeNumberField("client_gone", counters.ended(Outcome.Ending.CLIENT_GONE));
            json.writeNumberField("retries", counters.retries());
            json.writeNumberField("log_lines_dropped", gateway.recorder().dropped());
            json.writeArrayFieldStart("causes");
            for (Map.Entry<Cause, Long> each : counters.byCause().entrySet()) {
                cause(json, each.getKey(), each.getValue());
            }
            json.writeEndArray();
            json.writeArrayFieldStart("upstreams");
            for (Upstream upstream : gateway.upstreams().values()) {
                upstream(json, upstream, gateway.admissions().get(upstream.name()));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void cause(JsonGenerator json, Cause cause, long count) throws IOException {
        json.writeStartObject();
        json.writeStringField("cause", cause.id());
        json.writeStringField("phase", cause.phase().id());
        json.writeStringField("blame", cause.blame().id());
        json.writeStringField("summary", cause.summary());
        json.writeStringField("remedy", cause.remedy());
        json.writeNumberField("count", count);
        json.writeEndObject();
    }

    private static void upstream(JsonGenerator json, Upstream upstream, Admission admission) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", upstream.name());
        json.writeNumberField("in_use", admission.inUse());
        json.writeNumberField("limit", admission.limit());
        json.writeNumberField("waiting", admission.waiting());
        json.writeNumberField("idle_connections", upstream.idleConnections());
        json.writeNumberField("open_connections", upstream.budget().open());
        if (admission.breaker().isPresent()) {
            json.writeStringField("breaker", admission.breaker().get().state());
        }
        json.writeArrayFieldStart("peers");
        PeerGroup group = upstream.peers().group();
        for (List<Peer> tier : List.of(group.primaries(), group.backups())) {
            for (Peer peer : tier) {
                json.writeStartObject();
                json.writeStringField("address", peer.name());
                json.writeNumberField("active", peer.active());
                json.writeNumberField("weight", peer.weight());
                json.writeBooleanField("backup", peer.backup());
                boolean out = peer.down()
                        || peer.checkFailure().isPresent()
                        || peer.ejection()
                                .filter(e -> e.until().isAfter(Instant.now()))
                                .isPresent();
                json.writeStringField("state", peer.down() ? "down" : out ? "ejected" : "up");
                if (out) {
                    json.writeStringField("why", peer.whyUnavailable());
                }
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** The latest failures with all attempts and what each gateway would have answered. */
    byte[] failures() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartArray();
            for (Outcome outcome : gateway.recorder().recentFailures()) {
                json.writeStartObject();
                json.writeStringField(
                        "time", Instant.ofEpochMilli(outcome.epochMillis()).toString());
                OutcomeJson.write(json, outcome);
                Cause cause = outcome.failure().cause();
                json.writeStringField("summary", cause.summary());
                json.writeStringField("remedy", cause.remedy());
                json.writeArrayFieldStart("others");
                for (Dialect dialect : Dialect.values()) {
                    Answer answer = DialectTable.bundled().answer(cause, dialect);
                    json.writeStartObject();
                    json.writeStringField("gateway", dialect.id());
                    json.writeStringField("status", answer.status() == 0 ? "-" : Integer.toString(answer.status()));
                    json.writeStringField("flag", answer.flag());
                    json.writeStringField("log", answer.log());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return bytes.toByteArray();
    }
}
