package io.culprit.triage.classify.proxy;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** Heroku's router: {@code at=error code=H12 desc="Request timeout" method=POST path="/" ...}; the status is always 503. */
public final class Heroku implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        boolean info = s.startsWith("at=info method=");
        if (!info && !s.startsWith("at=error code=H")) {
            return null;
        }
        long milliseconds = Words.numberAfter(s, "service=");
        Finding found = Finding.request(Program.HEROKU)
                .status((int) Words.numberAfter(s, "status="))
                .request(Words.between(s + " ", "method=", " "), Words.between(s, "path=\"", "\""))
                .site(Words.between(s + " ", "host=", " "))
                .client(Words.between(s, "fwd=\"", "\""))
                .upstream(Words.between(s + " ", "dyno=", " "))
                .duration(milliseconds < 0 ? -1 : milliseconds * 1000)
                .at(line.stamp())
                .host(line.host());
        if (info) {
            return found.status() >= 500 ? found.is(Cause.ORIGIN_ERROR) : found;
        }
        return found.is(code((int) Words.numberAfter(s, "code=H")));
    }

    private static Diagnosis code(int code) {
        return switch (code) {
            case 10 -> Condition.UPSTREAM_EXITED;
            case 11 -> Cause.QUEUE_FULL;
            case 12 -> Cause.HEAD_TIMEOUT;
            case 13 -> Cause.HEAD_CLOSED;
            case 14, 8 -> Cause.PEERS_NONE_LIVE;
            case 15, 28 -> Cause.BODY_TIMEOUT;
            case 17 -> Cause.HEAD_NOT_HTTP;
            case 18, 27 -> Cause.CLIENT_CLOSED;
            case 19 -> Cause.CONNECT_TIMEOUT;
            case 20 -> Condition.UPSTREAM_START_FAILED;
            case 21 -> Cause.CONNECT_REFUSED;
            case 80 -> Condition.APP_MAINTENANCE;
            default -> Condition.UNKNOWN;
        };
    }
}
