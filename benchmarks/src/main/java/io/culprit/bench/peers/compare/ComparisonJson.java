package io.culprit.bench.peers.compare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.bench.peers.Measurement;
import io.culprit.bench.peers.compare.Comparison.Extra;
import io.culprit.bench.peers.usage.CallCount;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/** A comparison with all its rounds as JSON. Stateless. */
public final class ComparisonJson {
    private ComparisonJson() {}

    public static String of(Comparison comparison) throws IOException {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("at", comparison.at().toString());
            json.writeObjectFieldStart("machine");
            for (Map.Entry<String, String> each : comparison.machine().entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
            json.writeStringField("state", comparison.state());
            json.writeArrayFieldStart("measurements");
            for (Measurement each : comparison.measurements()) {
                measurement(json, each);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("ratios");
            for (Ratio each : comparison.ratios()) {
                json.writeStartObject();
                json.writeStringField("workload", each.workload().id());
                json.writeStringField("against", each.against().id());
                if (each.known()) {
                    json.writeNumberField("ratio", each.ratio());
                }
                if (each.rounds() > 1) {
                    json.writeNumberField("low_95", each.low());
                    json.writeNumberField("high_95", each.high());
                }
                json.writeNumberField("rounds", each.rounds());
                json.writeNumberField("of", each.of());
                if (each.goal().isPresent()) {
                    json.writeNumberField("goal", each.goal().get());
                    if (each.known()) {
                        json.writeBooleanField("met", !each.missed());
                    }
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("usage");
            for (Extra each : comparison.usage()) {
                json.writeStartObject();
                json.writeStringField("what", each.what());
                json.writeStringField("peer", each.peer());
                json.writeNumberField("value", each.value());
                json.writeStringField("unit", each.unit());
                if (each.goal().isPresent()) {
                    json.writeNumberField("goal", each.goal().get());
                    json.writeBooleanField("met", !each.missed());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text + "\n";
    }

    private static void measurement(JsonGenerator json, Measurement m) throws IOException {
        json.writeStartObject();
        json.writeStringField("workload", m.workload().id());
        json.writeStringField("peer", m.peer().id());
        json.writeNumberField("cpu_us", m.cpuMicros());
        if (m.counted().isPresent()) {
            CallCount counted = m.counted().get();
            json.writeNumberField("calls", counted.calls());
            if (counted.instructions().isPresent()) {
                json.writeNumberField("instructions", counted.instructions().getAsDouble());
            }
        }
        json.writeArrayFieldStart("rounds");
        for (Measurement.Round round : m.rounds()) {
            json.writeStartObject();
            json.writeNumberField("cpu_us", round.cpuMicros());
            json.writeNumberField("requests", round.load().requests());
            json.writeNumberField("rate", round.load().rate());
            json.writeNumberField("p50_ms", round.load().p50Millis());
            json.writeNumberField("p99_ms", round.load().p99Millis());
            json.writeNumberField("failed", round.load().failed());
            json.writeNumberField("socket_errors", round.load().errors());
            json.writeNumberField("rss_bytes", round.rss());
            json.writeNumberField("call_ns_before", round.before());
            json.writeNumberField("call_ns_after", round.after());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
