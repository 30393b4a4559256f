package io.culprit.record.telemetry;

import com.google.protobuf.ByteString;
import io.culprit.failure.Attempt;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An outcome as spans: one server span, and below it one client span for each attempt with the phases as events. Names
 * and attributes follow OpenTelemetry's semantic conventions for HTTP spans; the path is given without its query, which
 * may hold secrets. Stateless.
 */
final class Spans {
    private Spans() {}

    static List<Span> of(Outcome o) {
        List<Span> spans = new ArrayList<>(1 + o.attempts().size());
        spans.add(server(o));
        for (int i = 0; i < o.attempts().size(); i++) {
            spans.add(client(o, o.attempts().get(i), i + 1));
        }
        return spans;
    }

    private static Span server(Outcome o) {
        long start = o.epochMillis() * 1_000_000;
        Span.Builder span = begin(o, SpanKind.SPAN_KIND_SERVER, o.trace().span(), start, o.durationNanos())
                .setName(o.route().isEmpty() ? o.method() : o.method() + " " + o.route())
                .addAttributes(Otlp.text("http.request.method", o.method()))
                .addAttributes(Otlp.text("url.scheme", "http"))
                .addAttributes(Otlp.text("url.path", path(o.target())))
                .addAttributes(Otlp.text("client.address", o.client()))
                .addAttributes(Otlp.text("server.address", o.host()))
                .addAttributes(Otlp.text("user_agent.original", o.userAgent()))
                .addAttributes(Otlp.text("culprit.request_id", o.requestId()));
        if (o.trace().parent() != 0) {
            span.setParentSpanId(id(o.trace().parent()));
        }
        if (o.status() > 0) {
            span.addAttributes(Otlp.number("http.response.status_code", o.status()));
        }
        if (o.failure() != null) {
            // A 4xx is no error of the server's own (semantic conventions, HTTP spans, "Status").
            failure(span, o.failure(), o.status() >= 500 || o.committed() && o.ending() == Outcome.Ending.FAILED);
        }
        return span.build();
    }

    private static Span client(Outcome o, Attempt a, int number) {
        long start = o.epochMillis() * 1_000_000 + o.offsetNanos(a);
        Span.Builder span = begin(o, SpanKind.SPAN_KIND_CLIENT, o.trace().attemptSpan(number), start, a.totalNanos())
                .setName(o.method())
                .setParentSpanId(id(o.trace().span()))
                .addAttributes(Otlp.text("http.request.method", o.method()))
                .addAttributes(Otlp.text("network.peer.address", a.peer()))
                .addAttributes(Otlp.text("culprit.upstream", o.upstream()))
                .addAttributes(Otlp.text("culprit.connection", a.reused() ? "reused" : "fresh"))
                .addAttributes(Otlp.number("http.request.resend_count", number - 1L));
        if (a.status() > 0) {
            span.addAttributes(Otlp.number("http.response.status_code", a.status()));
        }
        long at = start;
        at = event(span, "connected", at, a.reused() ? -1 : a.connectNanos());
        at = event(span, "tls established", at, a.tlsNanos());
        at = event(span, "request sent", at, a.sendNanos());
        event(span, "response head", at, a.status() > 0 ? a.headNanos() : -1);
        if (a.failure() != null) {
            failure(span, a.failure(), true);
        }
        return span.build();
    }

    private static long event(Span.Builder span, String name, long start, long nanos) {
        if (nanos < 0) {
            return start;
        }
        span.addEvents(Span.Event.newBuilder().setName(name).setTimeUnixNano(start + nanos));
        return start + nanos;
    }

    private static void failure(Span.Builder span, Failure failure, boolean error) {
        span.addAttributes(Otlp.text("error.type", failure.cause().id()))
                .addAttributes(
                        Otlp.text("culprit.phase", failure.cause().phase().id()))
                .addAttributes(
                        Otlp.text("culprit.blame", failure.cause().blame().id()))
                .addAttributes(Otlp.text("culprit.detail", failure.detail()));
        if (error) {
            span.setStatus(Status.newBuilder()
                    .setCode(StatusCode.STATUS_CODE_ERROR)
                    .setMessage(failure.cause().summary()));
        }
    }

    private static Span.Builder begin(Outcome o, SpanKind kind, long id, long startNanos, long nanos) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(o.trace().high())
                        .putLong(o.trace().low())
                        .flip()))
                .setSpanId(id(id))
                .setKind(kind)
                .setStartTimeUnixNano(startNanos)
                .setEndTimeUnixNano(startNanos + nanos)
                .setFlags(o.trace().sampled() ? 1 : 0);
    }

    private static ByteString id(long span) {
        return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(span).flip());
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
