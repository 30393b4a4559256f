package io.culprit.record;

import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.failure.Attempt;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields of an outcome as JSON: the same in the access log and in the admin API. Stateless. */
public final class OutcomeJson {
    private OutcomeJson() {}

    /** Writes the fields into the object that is open. */
    public static void write(JsonGenerator json, Outcome o) throws IOException {
        json.writeStringField("request_id", o.requestId());
        json.writeStringField("trace_id", o.trace().traceId());
        json.writeStringField("client", o.client());
        json.writeStringField("method", o.method());
        json.writeStringField("target", o.target());
        json.writeStringField("protocol", o.protocol());
        if (o.stream() > 0) {
            json.writeNumberField("stream", o.stream());
        }
        json.writeStringField("host", o.host());
        json.writeNumberField("status", o.status());
        if (!o.tunnelEnd().isEmpty()) {
            json.writeStringField("tunnel_end", o.tunnelEnd());
        }
        json.writeStringField("ending", o.ending().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("bytes", o.bytesToClient());
        json.writeNumberField("bytes_in", o.bytesFromClient());
        millis(json, "duration_ms", o.durationNanos());
        millis(json, "queue_ms", o.queueNanos());
        text(json, "route", o.route());
        text(json, "upstream", o.upstream());
        failure(json, o.failure());
        text(json, "no_retry", o.noRetry());
        text(json, "referer", o.referer());
        text(json, "user_agent", o.userAgent());
        if (!o.attempts().isEmpty()) {
            json.writeArrayFieldStart("attempts");
            for (Attempt attempt : o.attempts()) {
                json.writeStartObject();
                millis(json, "start_ms", o.offsetNanos(attempt));
                attempt(json, attempt);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    private static void attempt(JsonGenerator json, Attempt a) throws IOException {
        json.writeStringField("peer", a.peer());
        json.writeBooleanField("reused", a.reused());
        if (a.reused()) {
            millis(json, "connection_age_ms", a.connectionAgeNanos());
            millis(json, "connection_idle_ms", a.connectionIdleNanos());
            json.writeNumberField("connection_requests", a.connectionRequests());
        }
        millis(json, "connect_ms", a.connectNanos());
        millis(json, "tls_ms", a.tlsNanos());
        millis(json, "send_ms", a.sendNanos());
        millis(json, "head_ms", a.headNanos());
        millis(json, "body_ms", a.bodyNanos());
        json.writeNumberField("bytes_out", a.bytesOut());
        json.writeNumberField("bytes_in", a.bytesIn());
        if (a.status() > 0) {
            json.writeNumberField("status", a.status());
        }
        text(json, "stderr", a.stderr());
        failure(json, a.failure());
    }

    private static void failure(JsonGenerator json, @Nullable Failure failure) throws IOException {
        if (failure == null) {
            return;
        }
        json.writeStringField("cause", failure.cause().id());
        json.writeStringField("phase", failure.cause().phase().id());
        json.writeStringField("blame", failure.cause().blame().id());
        json.writeStringField("detail", failure.detail());
        text(json, "errno", failure.errno());
        if (!failure.evidence().isEmpty()) {
            json.writeObjectFieldStart("evidence");
            for (Evidence evidence : failure.evidence()) {
                json.writeStringField(evidence.name(), evidence.value());
            }
            json.writeEndObject();
        }
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }

    private static void millis(JsonGenerator json, String name, long nanos) throws IOException {
        if (nanos >= 0) {
            json.writeFieldName(name);
            json.writeNumber(nanos / 1_000 / 1000.0);
        }
    }
}
