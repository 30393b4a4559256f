package io.culprit.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.failure.Attempt;
import io.culprit.failure.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.ToLongFunction;

/** One line per request. */
final class AccessLog implements OutcomeWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private final LogFile file;
    private final String format;

    /**
     * @param format {@code json}, {@code combined} or {@code nginx-upstream}
     */
    AccessLog(LogFile file, String format) {
        this.file = file;
        this.format = format;
    }

    @Override
    public void write(Outcome outcome) {
        byte[] line = switch (format) {
            case "json" -> json(outcome);
            case "combined" -> (combined(outcome) + "\n").getBytes(StandardCharsets.US_ASCII);
            case "nginx-upstream" -> nginxUpstream(outcome).getBytes(StandardCharsets.US_ASCII);
            default -> throw new IllegalStateException("no access log format " + format);
        };
        file.append(line, line.length);
    }

    static String combined(Outcome o) {
        return "%s - - [%s] \"%s %s %s\" %d %d \"%s\" \"%s\""
                .formatted(
                        o.client(),
                        LogText.combinedTime(o.epochMillis()),
                        LogText.escape(o.method()),
                        LogText.escape(o.target()),
                        o.protocol(),
                        o.status(),
                        o.bytesToClient(),
                        LogText.orDash(o.referer()),
                        LogText.orDash(o.userAgent()));
    }

    /** Combined, plus what nginx's {@code $upstream_*} variables would hold: one entry per attempt. */
    static String nginxUpstream(Outcome o) {
        List<Attempt> attempts = o.attempts();
        return "%s rt=%s uaddr=\"%s\" ustatus=\"%s\" uct=\"%s\" uht=\"%s\" urt=\"%s\" cause=%s id=%s\n"
                .formatted(
                        combined(o),
                        LogText.seconds(o.durationNanos()),
                        list(attempts, Attempt::peer),
                        list(attempts, a -> nginxStatus(o, a)),
                        list(attempts, a -> seconds(a, Attempt::connectNanos)),
                        list(
                                attempts,
                                a -> a.status() == 0
                                        ? "-"
                                        : LogText.seconds(
                                                Math.max(0, a.connectNanos()) + a.sendNanos() + a.headNanos())),
                        list(attempts, a -> LogText.seconds(a.totalNanos())),
                        o.failure() == null ? "-" : o.failure().cause().id(),
                        LogText.escape(o.requestId()));
    }

    private static String nginxStatus(Outcome o, Attempt a) {
        return a.status() > 0 ? Integer.toString(a.status()) : o.status() == 504 ? "504" : "502";
    }

    private static String seconds(Attempt attempt, ToLongFunction<Attempt> phase) {
        // nginx says 0.000 for a kept connection and - for one that never stood
        return attempt.reused() ? "0.000" : attempt.sendNanos() < 0 ? "-" : LogText.seconds(phase.applyAsLong(attempt));
    }

    private static String list(List<Attempt> attempts, java.util.function.Function<Attempt, String> field) {
        if (attempts.isEmpty()) {
            return "-";
        }
        if (attempts.size() == 1) {
            return field.apply(attempts.get(0));
        }
        return String.join(", ", attempts.stream().map(field).toList());
    }

    private static byte[] json(Outcome o) {
        var bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("time", Instant.ofEpochMilli(o.epochMillis()).toString());
            OutcomeJson.write(json, o);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    @Override
    public void flush() {
        file.flush();
    }

    @Override
    public void close() {
        file.close();
    }
}
