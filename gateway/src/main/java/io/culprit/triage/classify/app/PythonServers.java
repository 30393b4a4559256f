package io.culprit.triage.classify.app;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** Servers of Python applications: gunicorn and uvicorn. */
public final class PythonServers implements LineReader {
    private static final String DJANGO = "Internal Server Error: ";

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        Finding found = gunicorn(s);
        found = found == null ? uvicorn(s) : found;
        found = found == null ? python(s) : found;
        if (found == null) {
            return null;
        }
        return (found.clock() == Clock.NONE ? found.at(line.stamp()) : found).host(line.host());
    }

    /** {@code [2026-11-26 22:47:43 +0000] [21585] [CRITICAL] MESSAGE}. */
    private static @Nullable Finding gunicorn(String s) {
        if (s.length() < 40 || s.charAt(0) != '[') {
            return null;
        }
        Stamp stamp = Times.iso(s, 1);
        if (!stamp.exists() || !s.startsWith("] [", stamp.end())) {
            return null;
        }
        int level = s.indexOf("] [", stamp.end() + 3);
        int close = level < 0 ? -1 : s.indexOf("] ", level + 3);
        if (close < 0) {
            return null;
        }
        return gunicornMessage(s.substring(close + 2)).at(stamp);
    }

    private static Finding gunicornMessage(String m) {
        Finding event = Finding.event(Program.GUNICORN);
        long pid = Math.max(Words.numberAfter(m, "pid:"), Words.numberAfter(m, "pid "));
        event.worker(pid);
        if (m.startsWith("WORKER TIMEOUT")) {
            return event.is(Condition.WORKER_TIMEOUT);
        }
        if (m.contains("SIGKILL") || m.contains("due to signal 9")) {
            return event.is(Condition.WORKER_KILLED);
        }
        if (m.contains("SIGABRT") || m.contains("due to signal 6")) {
            return event.is(Condition.WORKER_TIMEOUT);
        }
        if (Words.any(m, "SIGSEGV", "SIGBUS", "SIGILL", "due to signal 11")) {
            return event.is(Condition.WORKER_SEGFAULT);
        }
        if (m.startsWith("Connection in use") || m.contains("Can't connect to ('")) {
            return event.is(Condition.UPSTREAM_PORT_IN_USE);
        }
        if (m.startsWith("Invalid request from ip")) {
            boolean tls = m.contains("\\x16\\x03");
            Finding found = Finding.error(Program.GUNICORN).is(Cause.CLIENT_BAD_REQUEST);
            return tls ? found.blame(Blame.CONFIG) : found;
        }
        if (m.startsWith("Can't connect to ")) {
            return event.is(Condition.UPSTREAM_CONFIG_ERROR);
        }
        if (Words.any(m, "Exception in worker process", "Worker failed to boot", "App failed to load")) {
            return event.is(Condition.WORKER_BOOT_FAILED);
        }
        if (m.startsWith("Error handling request")) {
            return Finding.error(Program.GUNICORN)
                    .is(PythonTrace.judge(m))
                    .request("", Words.between(m, "Error handling request ", "\n"));
        }
        if (m.startsWith("Handling signal: term")
                || m.startsWith("Handling signal: hup")
                || m.startsWith("Shutting down")) {
            return event.is(Condition.UPSTREAM_RESTART);
        }
        return m.startsWith("Listening at:") ? event.is(Condition.UPSTREAM_UP) : Finding.noise(Program.GUNICORN);
    }

    /** {@code Internal Server Error: /cart/} of Django, or a traceback that nobody announces. */
    private static @Nullable Finding python(String s) {
        if (s.startsWith(DJANGO)) {
            int end = s.indexOf('\n');
            return Finding.error(Program.PYTHON)
                    .is(PythonTrace.judge(s))
                    .request("", s.substring(DJANGO.length(), end < 0 ? s.length() : end));
        }
        if (s.startsWith("Not Found: /") || s.startsWith("Bad Request: /") || s.startsWith("Forbidden: /")) {
            return Finding.noise(Program.PYTHON);
        }
        return s.startsWith(PythonTrace.BEGIN) ? Finding.error(Program.PYTHON).is(PythonTrace.judge(s)) : null;
    }

    private static @Nullable Finding uvicorn(String s) {
        boolean level = s.startsWith("ERROR:    ") || s.startsWith("INFO:     ") || s.startsWith("WARNING:  ");
        if (!level) {
            return null;
        }
        if (Words.any(s, "Exception in ASGI application", "ASGI callable returned without")) {
            return Finding.error(Program.UVICORN).is(PythonTrace.judge(s));
        }
        if (s.contains("address already in use")) {
            return Finding.event(Program.UVICORN).is(Condition.UPSTREAM_PORT_IN_USE);
        }
        if (Words.any(s, "Application startup failed", "Error loading ASGI app")) {
            return Finding.event(Program.UVICORN).is(Condition.WORKER_BOOT_FAILED);
        }
        if (s.contains("Invalid HTTP request received")) {
            return Finding.error(Program.UVICORN).is(Cause.CLIENT_BAD_REQUEST);
        }
        if (s.startsWith("INFO:     Shutting down")) {
            return Finding.event(Program.UVICORN).is(Condition.UPSTREAM_RESTART);
        }
        boolean up = s.startsWith("INFO:     Application startup complete");
        return up ? Finding.event(Program.UVICORN).is(Condition.UPSTREAM_UP) : Finding.noise(Program.UVICORN);
    }
}
