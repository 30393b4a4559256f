package io.culprit.record.log;

import io.culprit.dialect.DialectTable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line per failed attempt in the shape of nginx's error log, so that the tools which read that read this: level,
 * text with errno, "while ...", client, request, upstream; then cause and request id. Used by the recording thread.
 */
public final class ErrorLog extends OutcomeLog {
    private static final long PID = ProcessHandle.current().pid();

    private final int threshold;
    private final Map<String, String> schemes;
    private final Map<Cause, NginxWording> unanswered = new EnumMap<>(Cause.class);
    private final Map<Cause, NginxWording> answered = new EnumMap<>(Cause.class);
    private final Clock clock = new Clock(LogText.ERROR);
    private long number;

    /**
     * @param level lowest level written
     * @param schemes of each upstream: http, https or fastcgi
     */
    public ErrorLog(LogFile file, String level, DialectTable dialects, Map<String, String> schemes) {
        super(file);
        this.schemes = schemes;
        this.threshold = NginxWording.LEVELS.indexOf(level);
        for (Cause cause : Cause.values()) {
            unanswered.put(cause, NginxWording.of(cause, false, dialects));
            answered.put(cause, NginxWording.of(cause, true, dialects));
        }
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
                failure(o, attempt.failure(), attempt);
                attemptLogged |= attempt.failure() == o.failure();
            }
        }
        if (o.failure() != null && !attemptLogged && o.failure().cause() != Cause.ORIGIN_ERROR) {
            failure(o, o.failure(), null);
        }
    }

    /** nginx writes what the application said as an error of its own, whatever the answer was (facts: B01 to B09). */
    private void stderr(Outcome o, Attempt attempt) {
        if (!begin("error")) {
            return;
        }
        line.add("FastCGI sent in stderr: \"").escaped(attempt.stderr()).add('"');
        boolean inHead = attempt.status() == 0 || attempt.status() >= 400;
        line.add(inHead ? NginxWording.READING_HEAD : NginxWording.READING_BODY);
        request(o, attempt);
        finish(o);
    }

    /**
     * @param attempt null for a failure outside of any attempt
     */
    private void failure(Outcome o, Failure failure, @Nullable Attempt attempt) {
        boolean reading = attempt != null && attempt.status() > 0;
        NginxWording wording = Objects.requireNonNull((reading ? answered : unanswered).get(failure.cause()));
        if (!begin(wording.level())) {
            return;
        }
        wording.append(line, attempt == null ? "" : attempt.peer(), o.host(), failure.detail());
        request(o, attempt);
        line.add(", cause: ")
                .add(failure.cause().id())
                .add(", detail: \"")
                .escaped(failure.detail())
                .add('"');
        for (Evidence each : failure.evidence()) {
            if (each.name().equals(Evidence.FINDING)) {
                line.add(", finding: \"").escaped(each.value()).add('"');
            }
        }
        finish(o);
    }

    /** @return false when such lines are not wanted */
    private boolean begin(String level) {
        if (NginxWording.LEVELS.indexOf(level) < threshold) {
            return false;
        }
        line.clear();
        line.add(clock.at(System.currentTimeMillis()))
                .add(" [")
                .add(level)
                .add("] ")
                .add(PID)
                .add("#0: *")
                .add(number)
                .add(' ');
        return true;
    }

    private void request(Outcome o, @Nullable Attempt attempt) {
        line.add(", client: ").add(o.client()).add(", server: ").escaped(o.route());
        line.add(", request: \"").escaped(o.method()).add(' ').escaped(o.target());
        line.add(' ').add(o.protocol()).add('"');
        if (attempt != null) {
            String scheme = schemes.getOrDefault(o.upstream(), "http");
            boolean fastcgi = scheme.equals("fastcgi");
            line.add(", upstream: \"").add(scheme).add("://").add(attempt.peer());
            if (attempt.peer().startsWith("unix:")) {
                line.add(':'); // nginx ends a socket's path so
            }
            if (!fastcgi) {
                line.escaped(o.target());
            }
            line.add('"');
        }
        if (!o.host().isEmpty()) {
            line.add(", host: \"").escaped(o.host()).add('"');
        }
    }

    private void finish(Outcome o) {
        line.add(", request_id: ").escaped(o.requestId());
        end();
    }
}
