package io.culprit.bench.load.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.bench.load.Cell;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/** A report for scripts. Stateless. */
public final class ReportJson {
    private static final JsonFactory JSON = new JsonFactory();

    private ReportJson() {}

    public static String of(Report report) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.useDefaultPrettyPrinter();
            out.writeStartObject();
            out.writeStringField("question", report.plan().question());
            out.writeStringField("answer", report.answer());
            strings(out, "failed", report.failed());
            strings(out, "notes", report.warnings());
            out.writeObjectFieldStart("set_up");
            for (Map.Entry<String, String> each : report.setUp().entrySet()) {
                out.writeStringField(each.getKey(), each.getValue());
            }
            out.writeEndObject();
            out.writeArrayFieldStart("cells");
            for (Cell each : report.cells()) {
                cell(out, report, each);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static void strings(JsonGenerator out, String name, Iterable<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String each : values) {
            out.writeString(each);
        }
        out.writeEndArray();
    }

    private static void interval(JsonGenerator out, String name, Confidence.Interval interval) throws IOException {
        out.writeArrayFieldStart(name);
        out.writeNumber(interval.low());
        out.writeNumber(interval.high());
        out.writeEndArray();
    }

    private static void cell(JsonGenerator out, Report report, Cell cell) throws IOException {
        boolean chosen = report.choice().isPresent();
        out.writeStartObject();
        out.writeBooleanField("best", chosen && cell == report.shown());
        if (chosen && cell != report.shown()) {
            out.writeBooleanField("equal_to_best", Confidence.equal(report.shown(), cell));
            interval(out, "loss_to_best_95", Confidence.loss(report.shown(), cell));
        }
        interval(out, "success_95", Confidence.of(cell.succeeded(), cell.requests()));
        out.writeBooleanField("simulated", cell.simulated);
        out.writeObjectFieldStart("settings");
        for (Dimension each : Dimension.values()) {
            out.writeStringField(each.id(), each.text(cell.settings));
        }
        out.writeEndObject();
        out.writeNumberField("requests", cell.requests());
        out.writeNumberField("unsent", cell.unsent());
        out.writeNumberField("success", cell.success());
        out.writeBooleanField("saturated", cell.saturated());
        out.writeObjectFieldStart("outcomes");
        for (Map.Entry<String, Long> each : cell.outcomes.entrySet()) {
            out.writeNumberField(each.getKey(), each.getValue());
        }
        out.writeEndObject();
        out.writeObjectFieldStart("latency_ms");
        for (double p : Report.PERCENTILES) {
            if (cell.succeeded() > 0 && (cell.knows(p) || p <= 50)) {
                out.writeNumberField(Report.name(p), cell.percentileMillis(p));
            }
        }
        out.writeEndObject();
        if (cell.seesUpstream()) {
            out.writeNumberField("wasted_work", cell.waste());
            interval(out, "wasted_work_95", Confidence.of(cell.work()));
            out.writeNumberField("attempts_per_request", cell.amplification());
        }
        if (cell.recovery().known() && !Double.isInfinite(cell.recovery().seconds())) {
            out.writeNumberField("recovered_after_seconds", cell.recovery().seconds());
        }
        out.writeEndObject();
    }
}
