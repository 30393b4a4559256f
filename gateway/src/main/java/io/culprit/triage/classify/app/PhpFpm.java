package io.culprit.triage.classify.app;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** PHP-FPM's own log, its slow log, and PHP's error log, which all begin with the same kind of time. */
public final class PhpFpm implements LineReader {
    /** What a slow script waits for, where its frames tell. */
    static final String DATABASE = "database";

    private static final String[] LEVELS = {"WARNING: ", "NOTICE: ", "ERROR: ", "ALERT: ", "DEBUG: "};

    @Override
    public @Nullable Finding read(Line line) {
        String text = line.text();
        if (line.first() != '[') {
            return null;
        }
        if (text.startsWith("[pool ") || text.startsWith("[WARNING] [pool ") || text.startsWith("[NOTICE] [pool ")) {
            return fpm(text.substring(text.indexOf("[pool"))).at(line.stamp()).host(line.host());
        }
        if (text.startsWith("[NOTICE] ") || text.startsWith("[WARNING] ") || text.startsWith("[ERROR] ")) {
            return line.tag().startsWith("php-fpm")
                    ? fpm(text.substring(text.indexOf("] ") + 2))
                            .at(line.stamp())
                            .host(line.host())
                    : null;
        }
        Stamp stamp = Times.dashedMonth(text, 1);
        if (!stamp.exists() || stamp.end() + 2 >= text.length() || text.charAt(stamp.end()) != ']') {
            return null;
        }
        int at = stamp.end() + 2;
        Finding found = text.startsWith(" [pool ", at) ? slow(text) : null;
        for (int i = 0; found == null && i < LEVELS.length; i++) {
            if (text.startsWith(LEVELS[i], at)) {
                found = fpm(message(text, at + LEVELS[i].length()));
                boolean refused = LEVELS[i].startsWith("ERROR") || LEVELS[i].startsWith("ALERT");
                if (refused && found.kind() == Finding.Kind.NOISE && configuration(text)) {
                    found = event(Condition.UPSTREAM_CONFIG_ERROR);
                }
            }
        }
        if (found == null) {
            found = PhpMessage.judge(Program.PHP_ERROR_LOG, text.substring(at));
        }
        return found.at(stamp).host(line.host());
    }

    /** What FPM says at levels error and alert while it reads its configuration: then it does not start. */
    private static boolean configuration(String text) {
        return Words.any(
                text,
                "[pool ",
                "failed to open error_log",
                "Unable to create or open",
                "unable to parse",
                "unknown entry",
                "does not exist");
    }

    /** At level debug FPM puts {@code pid N, function(), line N: } before a message. */
    private static String message(String text, int at) {
        int debug = text.startsWith("pid ", at) ? text.indexOf(", line ", at) : -1;
        int colon = debug < 0 ? -1 : text.indexOf(": ", debug);
        return text.substring(colon < 0 ? at : colon + 2);
    }

    private static Finding fpm(String message) {
        String pool = message.startsWith("[pool ") ? Words.between(message, "[pool ", "]") : "";
        if (message.contains(" said into std")) {
            return PhpMessage.judge(Program.PHP_FPM, message).pool(pool);
        }
        Finding found = child(message);
        if (found == null) {
            found = pool(message);
        }
        return found.pool(pool);
    }

    private static @Nullable Finding child(String message) {
        int at = message.indexOf("child ");
        long pid = at < 0 ? -1 : Words.numberAfter(message, "child ");
        if (pid < 0) {
            return null;
        }
        if (message.contains(" exited on signal ")) {
            long signal = Words.numberAfter(message, " exited on signal ");
            return event(
                            signal == 9
                                    ? Condition.WORKER_KILLED
                                    : signal == 15 || signal == 2 || signal == 3
                                            ? Condition.WORKER_TERMINATED
                                            : Condition.WORKER_SEGFAULT)
                    .worker(pid)
                    .setting(signal);
        }
        if (message.contains(" exited with code ")) {
            boolean ended = Words.numberAfter(message, " exited with code ") == 0;
            return ended ? noise() : event(Condition.WORKER_EXITED).worker(pid);
        }
        boolean timeout = message.contains(" execution timed out (");
        if (timeout || message.contains(" executing too slow (")) {
            String seconds =
                    Words.between(message, timeout ? " execution timed out (" : " executing too slow (", " sec)");
            return event(timeout ? Condition.POOL_TERMINATE_TIMEOUT : Condition.POOL_SLOW)
                    .worker(pid)
                    .script(Words.between(message, "script '", "'"))
                    .requestLine(Words.between(message, "(request: \"", "\")"))
                    .duration(Words.micros(seconds));
        }
        return noise();
    }

    private static Finding pool(String message) {
        if (message.contains("maximum number of processes has been reached")) {
            return event(Condition.POOL_MAX_CHILDREN).blame(Blame.CONFIG);
        }
        if (message.contains("max_children setting")) {
            return event(Condition.POOL_MAX_CHILDREN).setting(Words.numberAfter(message, "max_children setting ("));
        }
        if (message.contains("seems busy")) {
            return event(Condition.POOL_BUSY);
        }
        if (message.contains("failed processes threshold")) {
            return event(Condition.WORKER_SEGFAULT);
        }
        if (message.startsWith("Reloading in progress")
                || message.startsWith("Terminating ...")
                || message.startsWith("Finishing ...")
                || message.startsWith("exiting, bye-bye")) {
            return event(Condition.UPSTREAM_RESTART);
        }
        if (message.startsWith("ready to handle connections")) {
            return event(Condition.UPSTREAM_UP);
        }
        if (message.contains("unable to bind listening socket")) {
            boolean used = message.contains("Address already in use") || message.contains("(98)");
            return event(used ? Condition.UPSTREAM_PORT_IN_USE : Condition.UPSTREAM_CONFIG_ERROR);
        }
        if (Words.any(
                message,
                "failed to post process the configuration",
                "FPM initialization failed",
                "failed to load configuration",
                "No pool defined",
                "Unable to parse",
                "unknown entry",
                "Another FPM instance seems to already listen")) {
            boolean used = message.contains("Another FPM instance");
            return event(used ? Condition.UPSTREAM_PORT_IN_USE : Condition.UPSTREAM_CONFIG_ERROR);
        }
        if (message.contains("Connection disallowed")) {
            return event(Cause.HEAD_RESET).blame(Blame.CONFIG);
        }
        return noise();
    }

    /** A record of the slow log: the frames, innermost first. The first that is no builtin of PHP is of interest. */
    private static Finding slow(String text) {
        Finding found = new Finding(Program.PHP_FPM_SLOW, Finding.Kind.EVENT)
                .is(Condition.POOL_SLOW)
                .pool(Words.between(text, "[pool ", "]"))
                .worker(Words.numberAfter(text, "] pid "));
        int name = text.indexOf("script_filename = ");
        int end = name < 0 ? -1 : text.indexOf('\n', name);
        String file = name < 0
                ? ""
                : text.substring(name + 18, end < 0 ? text.length() : end).strip();
        String frame = SlowFrames.culprit(text);
        if (SlowFrames.waitsForDatabase(text)) {
            found.upstream(DATABASE);
        }
        return found.script(frame.isEmpty() ? file : frame).request("", file);
    }

    private static Finding event(Diagnosis what) {
        return Finding.event(Program.PHP_FPM).is(what);
    }

    private static Finding noise() {
        return Finding.noise(Program.PHP_FPM);
    }
}
