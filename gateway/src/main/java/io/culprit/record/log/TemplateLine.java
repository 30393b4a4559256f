package io.culprit.record.log;

import io.culprit.config.record.AccessLogConfig.Literal;
import io.culprit.config.record.AccessLogConfig.TemplatePart;
import io.culprit.config.record.AccessLogConfig.Variable;
import io.culprit.config.record.LogVariable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A line made from {@code access_log.template}. Everything a client or upstream chose is escaped. */
final class TemplateLine implements LineFormat {
    private final List<TemplatePart> parts;
    private final Clock local = new Clock(LogText.COMBINED);
    private final Clock iso = new Clock(LogText.ISO_OFFSET);

    TemplateLine(List<TemplatePart> parts) {
        this.parts = parts;
    }

    @Override
    public void append(Outcome o, Line line) {
        for (TemplatePart part : parts) {
            if (part instanceof Literal literal) {
                literal(literal.text(), line);
            } else {
                variable(((Variable) part).variable(), o, line);
            }
        }
    }

    /** The operator's own text: quotes stay quotes. */
    private static void literal(String text, Line line) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 127) {
                line.add(c);
            } else {
                line.escaped(String.valueOf(c));
            }
        }
    }

    private void variable(LogVariable variable, Outcome o, Line line) {
        switch (variable) {
            case REMOTE_ADDR -> line.add(o.client());
            case TIME_LOCAL -> line.add(local.at(o.epochMillis()));
            case TIME_ISO8601 -> line.add(iso.at(o.epochMillis()));
            case MSEC -> line.seconds(o.epochMillis() * 1_000_000);
            case REQUEST -> CombinedLine.request(o, line);
            case REQUEST_METHOD -> line.escaped(o.method());
            case REQUEST_URI -> line.escaped(o.target());
            case SERVER_PROTOCOL -> line.add(o.protocol());
            case HOST -> line.orDash(o.host());
            case STATUS -> line.add(o.status());
            case BYTES_SENT -> line.add(o.bytesToClient());
            case REQUEST_LENGTH -> line.add(o.bytesFromClient());
            case HTTP_REFERER -> line.orDash(o.referer());
            case HTTP_USER_AGENT -> line.orDash(o.userAgent());
            case REQUEST_ID -> line.escaped(o.requestId());
            case TRACE_ID -> line.add(o.trace().traceId());
            case REQUEST_TIME -> line.seconds(o.durationNanos());
            case QUEUE_TIME -> line.seconds(o.queueNanos());
            case UPSTREAM_ADDR -> Attempts.list(o, line, Attempts::peer);
            case UPSTREAM_STATUS -> Attempts.list(o, line, (a, out) -> Attempts.status(o, a, out));
            case UPSTREAM_CONNECT_TIME -> Attempts.list(o, line, Attempts::connectTime);
            case UPSTREAM_HEADER_TIME -> Attempts.list(o, line, Attempts::headerTime);
            case UPSTREAM_RESPONSE_TIME -> Attempts.list(o, line, Attempts::responseTime);
            case UPSTREAM_BYTES_SENT -> Attempts.list(o, line, (a, out) -> out.add(a.bytesOut()));
            case UPSTREAM_BYTES_RECEIVED -> Attempts.list(o, line, (Attempt a, Line out) -> out.add(a.bytesIn()));
            case STREAM -> {
                if (o.stream() > 0) {
                    line.add(o.stream());
                } else {
                    line.add('-');
                }
            }
            case TUNNEL_END -> line.orDash(o.tunnelEnd());
            case UPSTREAM_TLS_TIME -> Attempts.list(o, line, Attempts::tlsTime);
            case ROUTE -> line.orDash(o.route());
            case UPSTREAM -> line.orDash(o.upstream());
            case CAUSE -> line.add(failure(o, f -> f.cause().id()));
            case PHASE -> line.add(failure(o, f -> f.cause().phase().id()));
            case BLAME -> line.add(failure(o, f -> f.cause().blame().id()));
            case DETAIL -> line.escaped(failure(o, Failure::detail));
            case ERRNO -> line.add(failure(o, f -> f.errno().isEmpty() ? "-" : f.errno()));
            case ATTEMPTS -> line.add(o.attempts().size());
            case NO_RETRY -> line.orDash(o.noRetry());
            case ENDING -> line.add(o.ending().name().toLowerCase(Locale.ROOT));
        }
    }

    private static String failure(Outcome o, Function<Failure, String> field) {
        return o.failure() == null ? "-" : field.apply(o.failure());
    }
}
