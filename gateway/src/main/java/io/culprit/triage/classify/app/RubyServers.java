package io.culprit.triage.classify.app;

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

/** Servers of Ruby applications: Puma and Unicorn. */
public final class RubyServers implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        Finding found = ruby(s);
        if (found == null) {
            return null;
        }
        return (found.clock() == Clock.NONE ? found.at(line.stamp()) : found).host(line.host());
    }

    private static @Nullable Finding ruby(String s) {
        if (s.contains("! Terminating timed out worker")) {
            return Finding.event(Program.PUMA).is(Condition.WORKER_TIMEOUT).worker(pumaPid(s));
        }
        if (s.contains("Errno::EADDRINUSE")) {
            return Finding.event(Program.PUMA).is(Condition.UPSTREAM_PORT_IN_USE);
        }
        if (Words.any(
                s, "! Unable to load application", "! Unable to start worker", "ERROR: No application configured")) {
            return Finding.event(Program.PUMA).is(Condition.WORKER_BOOT_FAILED);
        }
        if (s.startsWith("* Listening on http") || s.startsWith("[") && s.contains("] * Listening on http")) {
            return Finding.event(Program.PUMA).is(Condition.UPSTREAM_UP);
        }
        boolean banner = s.startsWith("Puma starting in ")
                || s.startsWith("* Puma version: ")
                || s.startsWith("=== puma ")
                || s.equals("- Goodbye!");
        if (banner) {
            return Finding.noise(Program.PUMA);
        }
        if (Words.any(s, "- Gracefully stopping", "- Gracefully shutting down workers", "] * Restarting...")) {
            return Finding.event(Program.PUMA).is(Condition.UPSTREAM_RESTART);
        }
        if (Words.any(s, "Puma caught this error", "unhandled lowlevel error", "Rack app (\"")
                || s.contains("Read: #<")) {
            return Finding.error(Program.PUMA).is(Condition.APP_EXCEPTION);
        }
        if (s.contains("HTTP parse error, malformed request")) {
            return Finding.error(Program.PUMA).is(Cause.CLIENT_BAD_REQUEST);
        }
        if (s.contains("puma") && s.contains("/binder.rb") && s.contains("(Errno::")) {
            return Finding.event(Program.PUMA).is(Condition.UPSTREAM_CONFIG_ERROR);
        }
        if (s.contains("- Worker ") && s.contains(" booted") && s.contains("phase: ")) {
            return Finding.noise(Program.PUMA);
        }
        boolean unicorn = s.contains(" ERROR -- : worker=") && s.contains("timeout (") && s.endsWith("killing");
        if (unicorn) {
            int open = s.indexOf('[');
            Stamp stamp = open < 0 ? Stamp.NONE : Times.iso(s, open + 1);
            return Finding.event(Program.UNICORN)
                    .is(Condition.WORKER_TIMEOUT)
                    .worker(Words.numberAfter(s, "PID:"))
                    .at(stamp);
        }
        return null;
    }

    private static long pumaPid(String s) {
        long named = Words.numberAfter(s, "(pid ");
        return named >= 0 ? named : Words.numberAfter(s, "worker: ");
    }
}
