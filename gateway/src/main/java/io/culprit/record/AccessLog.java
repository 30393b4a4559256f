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
    private final StringBuilder line = new StringBuilder(512);
    private long lastSecond = -1;
    private String lastTime = "";

    /**
     * @param format {@code json}, {@code combined} or {@code nginx-upstream}
     */
    AccessLog(LogFile file, String format) {
        this.file = file;
        this.format = format;
    }

    @Override
    public void write(Outcome outcome) {
        byte[] bytes = switch (format) {
            case "json" -> json(outcome);
            case "combined" -> ascii(combined(outcome));
            case "nginx-upstream" -> ascii(nginxUpstream(outcome));
            default -> throw new IllegalStateException("no access log format " + format);
        };
        file.append(bytes, bytes.length);
    }

    private static byte[] ascii(StringBuilder text) {
        return text.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Built by hand: at full rate a line is made a hundred thousand times a second, and Formatter costs ten times this. */
    private StringBuilder combined(Outcome o) {
        long second = o.epochMillis() / 1000;
        if (second != lastSecond) {
            lastSecond = second;
            lastTime = LogText.combinedTime(o.epochMillis());
        }
        line.setLength(0);
        return line.append(o.client())
                .append(" - - [")
                .append(lastTime)
                .append("] \"")
                .append(LogText.escape(o.method()))
                .append(' ')
                .append(LogText.escape(o.target()))
                .append(' ')
                .append(o.protocol())
                .append("\" ")
                .append(o.status())
                .append(' ')
                .append(o.bytesToClient())
                .append(" \"")
                .append(LogText.orDash(o.referer()))
                .append("\" \"")
                .append(LogText.orDash(o.userAgent()))
                .append('"');
    }

    /** Combined, plus what nginx's {@code $upstream_*} variables would hold: one entry per attempt. */
    private StringBuilder nginxUpstream(Outcome o) {
        List<Attempt> attempts = o.attempts();
        return combined(o)
                .append(" rt=")
                .append(LogText.seconds(o.durationNanos()))
                .append(" uaddr=\"")
                .append(list(attempts, Attempt::peer))
                .append("\" ustatus=\"")
                .append(list(attempts, a -> nginxStatus(o, a)))
                .append("\" uct=\"")
                .append(list(attempts, a -> seconds(a, Attempt::connectNanos)))
                .append("\" uht=\"")
                .append(list(attempts, AccessLog::headSeconds))
                .append("\" urt=\"")
                .append(list(attempts, a -> LogText.seconds(a.totalNanos())))
                .append("\" cause=")
                .append(o.failure() == null ? "-" : o.failure().cause().id())
                .append(" id=")
                .append(LogText.escape(o.requestId()));
    }

    private static String headSeconds(Attempt a) {
        return a.status() == 0 ? "-" : LogText.seconds(Math.max(0, a.connectNanos()) + a.sendNanos() + a.headNanos());
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
