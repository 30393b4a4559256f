package io.culprit.record.log;

import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.record.OutcomeWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * One line per failed attempt in the shape of nginx's error log, so that the tools which read that read this: level,
 * text with errno, "while ...", client, request, upstream; then cause and request id.
 */
public final class ErrorLog implements OutcomeWriter {
    private static final List<String> LEVELS = List.of("info", "warn", "error", "crit");
    private static final String READING_HEAD = " while reading response header from upstream";
    private static final String READING_BODY = " while reading upstream";
    private static final long PID = ProcessHandle.current().pid();

    private final LogFile file;
    private final int threshold;
    private final DialectTable dialects;
    private final Set<String> fastCgiUpstreams;
    private long number;

    /**
     * @param level lowest level written
     * @param fastCgiUpstreams names of the upstreams that speak FastCGI
     */
    public ErrorLog(LogFile file, String level, DialectTable dialects, Set<String> fastCgiUpstreams) {
        this.fastCgiUpstreams = fastCgiUpstreams;
        this.file = file;
        this.threshold = LEVELS.indexOf(level);
        this.dialects = dialects;
    }

    @Override
    public void write(Outcome o) {
        number++;
        boolean attemptLogged = false;
        for (Attempt attempt : o.attempts()) {
            if (!attempt.stderr().isEmpty()) {
                stderr(o, attempt);
            }
            if (attempt.failure() != null) {
                line(o, attempt.failure(), attempt);
                attemptLogged |= attempt.failure() == o.failure();
            }
        }
        if (o.failure() != null && !attemptLogged && o.failure().cause() != Cause.ORIGIN_ERROR) {
            line(o, o.failure(), null);
        }
    }

    /** nginx writes what the application said as an error of its own, whatever the answer was (facts: B01 to B09). */
    private void stderr(Outcome o, Attempt attempt) {
        if (LEVELS.indexOf("error") < threshold) {
            return;
        }
        String during = attempt.status() == 0 || attempt.status() >= 400 ? READING_HEAD : READING_BODY;
        StringBuilder out =
                begin("error", "FastCGI sent in stderr: \"" + LogText.escape(attempt.stderr()) + '"' + during);
        finish(request(out, o, attempt), o);
    }

    /**
     * @param attempt null for a failure outside of any attempt
     */
    private void line(Outcome o, Failure failure, Attempt attempt) {
        String peer = attempt == null ? "" : attempt.peer();
        String text = dialects.answer(failure.cause(), Dialect.NGINX)
                .log(peer, LogText.escape(o.host()), LogText.escape(failure.detail()));
        String level = level(text);
        if (LEVELS.indexOf(level) < threshold) {
            return;
        }
        String body = text.startsWith("[") ? text.substring(text.indexOf(']') + 2) : fallback(failure);
        if (attempt != null && attempt.status() > 0) {
            body = body.replace(READING_HEAD, READING_BODY);
        }
        StringBuilder out = request(begin(level, body), o, attempt)
                .append(", cause: ")
                .append(failure.cause().id())
                .append(", detail: \"")
                .append(LogText.escape(failure.detail()))
                .append('"');
        for (Evidence each : failure.evidence()) {
            if (each.name().equals(Evidence.FINDING)) {
                out.append(", finding: \"").append(LogText.escape(each.value())).append('"');
            }
        }
        finish(out, o);
    }

    private StringBuilder begin(String level, String body) {
        return new StringBuilder(256)
                .append(LogText.errorTime(System.currentTimeMillis()))
                .append(" [")
                .append(level)
                .append("] ")
                .append(PID)
                .append("#0: *")
                .append(number)
                .append(' ')
                .append(body);
    }

    private StringBuilder request(StringBuilder out, Outcome o, Attempt attempt) {
        out.append(", client: ")
                .append(o.client())
                .append(", server: ")
                .append(LogText.escape(o.route()))
                .append(", request: \"")
                .append(LogText.escape(o.method() + " " + o.target() + " " + o.protocol()))
                .append('"');
        if (attempt != null) {
            boolean fastcgi = fastCgiUpstreams.contains(o.upstream());
            out.append(", upstream: \"")
                    .append(fastcgi ? "fastcgi://" : "http://")
                    .append(attempt.peer());
            if (attempt.peer().startsWith("unix:")) {
                out.append(':'); // nginx ends a socket's path so
            }
            out.append(fastcgi ? "" : LogText.escape(o.target())).append('"');
        }
        if (!o.host().isEmpty()) {
            out.append(", host: \"").append(LogText.escape(o.host())).append('"');
        }
        return out;
    }

    private void finish(StringBuilder out, Outcome o) {
        out.append(", request_id: ").append(LogText.escape(o.requestId())).append('\n');
        byte[] bytes = out.toString().getBytes(StandardCharsets.US_ASCII);
        file.append(bytes, bytes.length);
    }

    private static String level(String text) {
        for (String level : LEVELS) {
            if (text.startsWith("[" + level + "]")) {
                return level;
            }
        }
        return text.startsWith("[alert]") ? "crit" : "error";
    }

    private static String fallback(Failure failure) {
        return failure.cause().summary() + " while "
                + switch (failure.cause().phase()) {
                    case ADMIT -> "reading client request";
                    case RESOLVE -> "resolving upstream";
                    case CONNECT -> "connecting to upstream";
                    case TLS -> "SSL handshaking to upstream";
                    case SEND -> "sending request to upstream";
                    case HEAD -> "reading response header from upstream";
                    case BODY -> "reading upstream";
                };
    }

    @Override
    public void flush() {
        file.flush();
    }

    @Override
    public void reopen() {
        file.reopen();
    }

    @Override
    public void close() {
        file.close();
    }
}
