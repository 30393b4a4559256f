package io.culprit.record;

import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One line per failed attempt in the shape of nginx's error log, so that the tools which read that read this: level,
 * text with errno, "while ...", client, request, upstream; then cause and request id.
 */
final class ErrorLog implements OutcomeWriter {
    private static final List<String> LEVELS = List.of("info", "warn", "error", "crit");
    private static final long PID = ProcessHandle.current().pid();

    private final LogFile file;
    private final int threshold;
    private final DialectTable dialects;
    private long number;

    /**
     * @param level lowest level written
     */
    ErrorLog(LogFile file, String level, DialectTable dialects) {
        this.file = file;
        this.threshold = LEVELS.indexOf(level);
        this.dialects = dialects;
    }

    @Override
    public void write(Outcome o) {
        number++;
        boolean attemptLogged = false;
        for (Attempt attempt : o.attempts()) {
            if (attempt.failure() != null) {
                line(o, attempt.failure(), attempt.peer());
                attemptLogged |= attempt.failure() == o.failure();
            }
        }
        if (o.failure() != null && !attemptLogged && o.failure().cause() != Cause.ORIGIN_ERROR) {
            line(o, o.failure(), "");
        }
    }

    private void line(Outcome o, Failure failure, String peer) {
        String text = dialects.answer(failure.cause(), Dialect.NGINX)
                .log(peer, LogText.escape(o.host()), LogText.escape(failure.detail()));
        String level = level(text);
        if (LEVELS.indexOf(level) < threshold) {
            return;
        }
        String body = text.startsWith("[") ? text.substring(text.indexOf(']') + 2) : fallback(failure);
        var out = new StringBuilder(256)
                .append(LogText.errorTime(System.currentTimeMillis()))
                .append(" [")
                .append(level)
                .append("] ")
                .append(PID)
                .append("#0: *")
                .append(number)
                .append(' ')
                .append(body)
                .append(", client: ")
                .append(o.client())
                .append(", server: ")
                .append(LogText.escape(o.route()))
                .append(", request: \"")
                .append(LogText.escape(o.method() + " " + o.target() + " " + o.protocol()))
                .append('"');
        if (!peer.isEmpty()) {
            out.append(", upstream: \"http://")
                    .append(peer)
                    .append(LogText.escape(o.target()))
                    .append('"');
        }
        if (!o.host().isEmpty()) {
            out.append(", host: \"").append(LogText.escape(o.host())).append('"');
        }
        out.append(", cause: ")
                .append(failure.cause().id())
                .append(", detail: \"")
                .append(LogText.escape(failure.detail()))
                .append("\", request_id: ")
                .append(LogText.escape(o.requestId()))
                .append('\n');
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
    public void close() {
        file.close();
    }
}
