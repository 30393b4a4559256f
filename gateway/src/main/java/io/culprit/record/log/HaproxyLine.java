package io.culprit.record.log;

import io.culprit.dialect.Answer;
import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy's {@code option httplog} (its configuration manual, section 8.2.3), so that halog and its likes can read it:
 * timers TR/Tw/Tc/Tr/Ta and the four-character termination state. Where HAProxy would count connections and queue
 * positions there is 0, since they are not sampled, but for the number of retries; the client's port is 0 too.
 */
final class HaproxyLine implements LineFormat {
    private static final long PID = ProcessHandle.current().pid();
    private static final String WELL = "----";

    private final DialectTable dialects;
    private final Clock clock = new Clock(LogText.HAPROXY);

    HaproxyLine(DialectTable dialects) {
        this.dialects = dialects;
    }

    @Override
    public void append(Outcome o, Line line) {
        List<Attempt> attempts = o.attempts();
        Attempt last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
        line.add("culprit[").add(PID).add("]: ");
        line.add(o.client()).add(":0 [").add(clock.at(o.epochMillis())).add('.');
        millisOfSecond(o.epochMillis(), line);
        line.add("] ").add(word(o.route())).add(' ').add(word(o.upstream())).add('/');
        line.add(last == null ? "<NOSRV>" : last.peer()).add(' ');
        timers(o, last, line);
        line.add(' ').add(o.status() == 0 ? -1 : o.status());
        line.add(' ').add(o.bytesToClient()).add(" - - ").add(state(o));
        line.add(" 0/0/0/0/").add(Math.max(0, attempts.size() - 1)).add(" 0/0 \"");
        CombinedLine.request(o, line);
        line.add('"');
    }

    private static void millisOfSecond(long epochMillis, Line line) {
        int fraction = (int) Math.floorMod(epochMillis, 1000L);
        line.add((char) ('0' + fraction / 100))
                .add((char) ('0' + fraction / 10 % 10))
                .add((char) ('0' + fraction % 10));
    }

    /** Names must not have blanks, by which the fields are told apart. */
    private static String word(String name) {
        return name.isEmpty() ? "<NONE>" : LogText.escape(name).replace(' ', '_');
    }

    private static void timers(Outcome o, @Nullable Attempt last, Line line) {
        long connect = last == null ? -1 : last.establishNanos();
        long head = last != null && last.status() > 0 ? Math.max(0, last.headNanos()) : -1;
        long queue = o.attempts().isEmpty() ? -1 : Math.max(0, o.queueNanos());
        line.add("0/");
        millis(queue, line).add('/');
        millis(connect, line).add('/');
        millis(head, line).add('/');
        millis(o.durationNanos(), line);
    }

    private static Line millis(long nanos, Line line) {
        return line.add(nanos < 0 ? -1 : nanos / 1_000_000);
    }

    private String state(Outcome o) {
        if (o.failure() == null) {
            return WELL;
        }
        Answer answer = dialects.answer(o.failure().cause(), Dialect.HAPROXY);
        return answer.flag().length() == 4 ? answer.flag() : WELL;
    }
}
