package io.culprit.triage.classify.app;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spring Boot's log in the form it has by default, of 2.x and 3.x: {@code TIME LEVEL PID --- [app] [thread] logger : message}, with
 * the stack trace below it. What a request's thread writes at ERROR was a request's; all else happened to the process.
 */
public final class SpringBoot implements LineReader {
    private static final String[] STARTED = {"Tomcat started on port", "Netty started on port", "Jetty started on port"
    };
    private static final String[] FAILED = {"APPLICATION FAILED TO START", "Application run failed"};
    private static final String[] IN_USE = {"was already in use", "java.net.BindException", "Address already in use"};
    private static final String[] SETTINGS = {
        "Failed to bind properties under", "Failed to configure a DataSource", "Could not resolve placeholder"
    };

    /** Threads that serve requests: Tomcat's, also virtual ones, Netty's, Jetty's and Undertow's; the name is cut at its beginning. */
    private static final String[] REQUEST_THREADS = {
        "-exec-", "omcat-handler-", "-http-nio-", "-http-epoll-", "qtp", "XNIO-"
    };

    private static final List<String> LIBRARIES = List.of(
            "java.",
            "java.base/",
            "jdk.",
            "javax.",
            "jakarta.",
            "org.springframework.",
            "org.apache.",
            "org.hibernate.",
            "org.postgresql.",
            "com.mysql.",
            "com.zaxxer.",
            "reactor.",
            "io.netty.");

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        int at = SpringRecord.message(s);
        if (at < 0) {
            return null;
        }
        Stamp stamp = Times.iso(s, 0);
        String level = SpringRecord.level(s, stamp.end());
        long pid = Words.numberAfter(s, level + " ");
        int colon = s.indexOf(" : ", at);
        String thread = colon < 0 ? "" : s.substring(at, colon);
        String message = colon < 0 ? "" : s.substring(colon + 3);
        return judge(level, thread, message).worker(pid).at(stamp).host(line.host());
    }

    private static Finding judge(String level, String thread, String message) {
        if (Words.any(message, FAILED)) {
            return Finding.event(Program.SPRING_BOOT).is(start(message));
        }
        if (Words.any(message, STARTED) || message.startsWith("Undertow started on port")) {
            return Finding.event(Program.SPRING_BOOT).is(Condition.UPSTREAM_UP);
        }
        boolean told = message.startsWith("Commencing graceful shutdown")
                || message.startsWith("Graceful shutdown aborted")
                || message.contains(" - Shutdown initiated...") && thread.contains("ShutdownHook");
        if (told) {
            return Finding.event(Program.SPRING_BOOT).is(Condition.UPSTREAM_RESTART);
        }
        if (message.startsWith("Maximum number of threads (") || message.startsWith("All threads (")) {
            return Finding.event(Program.SPRING_BOOT).is(Condition.POOL_MAX_CHILDREN);
        }
        if (message.startsWith("Error parsing HTTP request header")) {
            return Finding.error(Program.SPRING_BOOT).is(Cause.CLIENT_BAD_REQUEST);
        }
        return level.equals("ERROR") || level.equals("WARN")
                ? wrong(level.equals("ERROR"), thread, message)
                : Finding.noise(Program.SPRING_BOOT);
    }

    /** Why a start failed. */
    private static Diagnosis start(String message) {
        if (Words.any(message, IN_USE)) {
            return Condition.UPSTREAM_PORT_IN_USE;
        }
        if (Words.any(message, SETTINGS)) {
            return Condition.UPSTREAM_CONFIG_ERROR;
        }
        Diagnosis why = JavaTrace.judge(message).get(0);
        boolean database = why == Condition.DB_UNAVAILABLE || why == Condition.DB_POOL_EXHAUSTED;
        boolean known = database || why == Condition.WORKER_HEAP_OOM || why == Condition.DEPENDENCY_FAILED;
        return database ? Condition.DB_UNAVAILABLE : known ? why : Condition.WORKER_BOOT_FAILED;
    }

    private static Finding wrong(boolean error, String thread, String message) {
        if (!error && message.startsWith("Resolved [")) {
            return resolved(message);
        }
        boolean traced = message.contains("\n\tat ") || message.contains("threw exception");
        List<Diagnosis> what = JavaTrace.judge(message);
        if (!traced && what.get(0) == Condition.APP_EXCEPTION || !error && what.get(0) != Condition.WORKER_HEAP_OOM) {
            return Finding.noise(Program.SPRING_BOOT); // words of the application's own, or a warning
        }
        // The pool and Hibernate say beside the request's own line what they could not do.
        boolean beside = message.startsWith("HikariPool-") || thread.contains("SqlExceptionHelper");
        boolean request = Words.any(thread, REQUEST_THREADS) && !beside;
        boolean process = what.get(0) == Condition.WORKER_HEAP_OOM;
        Finding found = request && !process ? Finding.error(Program.SPRING_BOOT) : Finding.event(Program.SPRING_BOOT);
        String target = Words.between(message, "Server Error for HTTP ", "\"\n");
        int quote = target.indexOf(" \"");
        return (quote < 0 ? found : found.request(target.substring(0, quote), target.substring(quote + 2)))
                .oneOf(what)
                .script(frame(message));
    }

    /** What Spring answered with a status of its own: the client's fault, but for a client that left and a handler that was too slow. */
    private static Finding resolved(String message) {
        if (message.contains("AsyncRequestNotUsableException") || message.contains("ClientAbortException")) {
            return Finding.error(Program.SPRING_BOOT).is(Cause.CLIENT_CLOSED);
        }
        return message.contains("AsyncRequestTimeoutException")
                ? Finding.error(Program.SPRING_BOOT).is(Condition.UNKNOWN)
                : Finding.noise(Program.SPRING_BOOT);
    }

    /** {@code ShopApplication.java:14} of the first frame that is the application's own, empty without. */
    private static String frame(String message) {
        int at = message.indexOf("\n\tat ");
        while (at >= 0) {
            int end = message.indexOf('\n', at + 1);
            String frame = message.substring(at + 5, end < 0 ? message.length() : end);
            int open = frame.indexOf('(');
            int close = frame.indexOf(')', open);
            boolean own = open > 0 && close > open && LIBRARIES.stream().noneMatch(frame::startsWith);
            String place = own ? frame.substring(open + 1, close) : "";
            if (place.contains(".java:") || place.contains(".kt:")) {
                return place;
            }
            at = end < 0 ? -1 : message.indexOf("\n\tat ", end);
        }
        return "";
    }
}
