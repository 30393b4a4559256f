package io.culprit.record.log;

import io.culprit.failure.Attempt;
import io.culprit.failure.Outcome;
import java.util.List;
import java.util.function.BiConsumer;

/** What nginx's {@code $upstream_*} variables would hold: one entry per attempt (facts: semantics, nginx). Stateless. */
final class Attempts {
    private Attempts() {}

    /** Comma separated, {@code -} when there was no attempt. */
    static void list(Outcome o, Line line, BiConsumer<Attempt, Line> field) {
        List<Attempt> attempts = o.attempts();
        if (attempts.isEmpty()) {
            line.add('-');
        }
        for (int i = 0; i < attempts.size(); i++) {
            if (i > 0) {
                line.add(", ");
            }
            field.accept(attempts.get(i), line);
        }
    }

    static void peer(Attempt a, Line line) {
        line.add(a.peer());
    }

    static void status(Outcome o, Attempt a, Line line) {
        line.add(a.status() > 0 ? a.status() : o.status() == 504 ? 504 : 502);
    }

    /** nginx says 0.000 for a kept connection and - for one that never stood. */
    static void connectTime(Attempt a, Line line) {
        if (a.reused()) {
            line.add("0.000");
        } else {
            line.seconds(a.establishNanos());
        }
    }

    /** Which nginx does not tell apart. */
    static void tlsTime(Attempt a, Line line) {
        line.seconds(a.tlsNanos());
    }

    static void headerTime(Attempt a, Line line) {
        line.seconds(
                a.status() == 0
                        ? -1
                        : Math.max(0, a.establishNanos()) + Math.max(0, a.sendNanos()) + Math.max(0, a.headNanos()));
    }

    static void responseTime(Attempt a, Line line) {
        line.seconds(a.totalNanos());
    }
}
