package io.culprit.triage.classify.app;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** uWSGI: {@code Tue Jan  9 04:04:46 2024 - MESSAGE}, or the message alone; and its lines about requests. */
public final class Uwsgi implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        Stamp stamp = s.length() > 27 && s.charAt(3) == ' ' ? Times.asctime(s, 0) : Stamp.NONE;
        boolean stamped = stamp.exists() && s.startsWith(" - ", stamp.end());
        Finding found = message(stamped ? s.substring(stamp.end() + 3) : s);
        if (found == null) {
            return stamped ? Finding.noise(Program.UWSGI).at(stamp).host(line.host()) : null;
        }
        if (stamped) {
            found.at(stamp);
        } else if (found.clock() == Clock.NONE) {
            found.at(line.stamp());
        }
        return found.host(line.host());
    }

    private static @Nullable Finding message(String m) {
        if (m.contains("uWSGI listen queue of socket") && m.contains(" full ")) {
            return event(Condition.POOL_MAX_CHILDREN).setting(Words.numberAfter(m, "full !!! ("));
        }
        if (m.contains("HARAKIRI ON WORKER") || m.startsWith("HARAKIRI [core")) {
            return event(Condition.WORKER_TIMEOUT).worker(Words.numberAfter(m, "pid: "));
        }
        if (m.startsWith("DAMN ! worker ")) {
            return died(m).worker(Words.numberAfter(m, "pid: "));
        }
        if (m.contains("uWSGI worker") && m.contains("screams")
                || m.startsWith("!!! uWSGI process") && m.contains("Segmentation Fault")) {
            return event(Condition.WORKER_SEGFAULT).worker(Words.numberAfter(m, "process "));
        }
        if (m.contains("writing to a closed pipe/socket/fd")
                || m.startsWith("uwsgi_response_write") && Words.any(m, "Broken pipe", "Connection reset by peer")) {
            return Finding.error(Program.UWSGI).is(Cause.CLIENT_CLOSED);
        }
        if (m.contains("probably another instance of uWSGI is running on the same address")
                || m.startsWith("bind(): Address already in use")) {
            return event(Condition.UPSTREAM_PORT_IN_USE);
        }
        if (m.startsWith("bind(): ")) {
            return event(Condition.UPSTREAM_CONFIG_ERROR);
        }
        if (Words.any(m, "no python application found", "unable to load app ", "*** no app loaded. GAME OVER ***")) {
            return event(Condition.WORKER_BOOT_FAILED);
        }
        if (m.startsWith("WSGI app 0") && m.contains("ready in")) {
            return event(Condition.UPSTREAM_UP);
        }
        if (Words.any(m, "SIGINT/SIGTERM received", "SIGINT/SIGQUIT received", "gracefully killing workers")) {
            return event(Condition.UPSTREAM_RESTART);
        }
        boolean noise =
                m.startsWith("HARAKIRI: ") || m.startsWith("Respawned uWSGI worker") || m.startsWith("spawned uWSGI ");
        return noise ? Finding.noise(Program.UWSGI) : request(m);
    }

    /** Signal 9 is also how harakiri ends a worker; without a signal it ended by itself or crashed. */
    private static Finding died(String m) {
        long signal = Words.numberAfter(m, "killed by signal ");
        Finding found = Finding.event(Program.UWSGI).setting(signal);
        if (signal == 9) {
            return found.is(Condition.WORKER_KILLED);
        }
        return signal < 0
                ? found.oneOf(Condition.WORKER_EXITED, Condition.WORKER_SEGFAULT)
                : found.is(signal == 15 ? Condition.WORKER_TERMINATED : Condition.WORKER_SEGFAULT);
    }

    /** {@code [pid: N|app: 0|req: 1/2] IP () {...} [TIME] GET /x => generated N bytes in N msecs (HTTP/1.1 500) ...}. */
    private static @Nullable Finding request(String m) {
        int pid = m.indexOf("[pid: ");
        int generated = m.indexOf(" => generated ");
        int open = m.indexOf("} [", pid);
        if (pid < 0 || open < 0 || generated < open) {
            return null;
        }
        Stamp stamp = Times.asctime(m, open + 3);
        int line = m.indexOf("] ", open);
        long milliseconds = Words.numberAfter(m, " bytes in ");
        Finding found = new Finding(Program.UWSGI, Finding.Kind.WORK)
                .status((int) Words.numberAfter(m, "(HTTP/1.1 "))
                .requestLine(line < 0 || line + 2 > generated ? "" : m.substring(line + 2, generated))
                .duration(milliseconds < 0 ? -1 : milliseconds * 1000)
                .at(stamp);
        boolean nothing = m.startsWith(" => generated 0 bytes", generated) && found.status() == 500;
        return nothing ? found.is(Condition.APP_EXCEPTION) : found;
    }

    private static Finding event(Diagnosis what) {
        return Finding.event(Program.UWSGI).is(what);
    }
}
