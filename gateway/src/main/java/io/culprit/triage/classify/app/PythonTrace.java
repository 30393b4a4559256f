package io.culprit.triage.classify.app;

import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.text.Words;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A traceback of Python, or several of which one was the cause of the next: the last exception is what the request died of. Lines as
 * Django 3.2 with psycopg2 and requests writes them.
 */
public final class PythonTrace {
    /** What each begins with. */
    public static final String BEGIN = "Traceback (most recent call last)";

    /** A class, with its module or with the name that Python's own have. */
    private static final Pattern EXCEPTION = Pattern.compile(
            "(?:[A-Za-z_]\\w*\\.[\\w.]+|[A-Za-z_]\\w*(?:Error|Exception|Exit|Interrupt|Warning|Iteration))(?=: |:?$)");

    private static final String[] DATABASE = {"OperationalError", "InterfaceError", "DatabaseError"};
    private static final String[] LOST = {
        "onnection refused",
        "ould not connect",
        "Can't connect",
        "connection to server",
        "closed the connection",
        "onnection timed out",
        "timeout expired",
        "too many clients",
        "Too many connections",
        "Lost connection",
        "gone away",
        "could not translate host name",
        "starting up",
        "shutting down",
        "remaining connection slots"
    };
    private static final String[] SERVICES = {
        "requests.", "urllib3.", "httpx.", "httpcore.", "aiohttp.", "redis.", "botocore.", "kombu.", "pymongo.", "grpc."
    };
    private static final String[] FAILED = {"connect", "timeout", "timedout", "unavailable", "retry"};

    private PythonTrace() {}

    /** Whether a line may be the one that names the exception, behind the frames. */
    public static boolean isException(String line) {
        Matcher name = EXCEPTION.matcher(line);
        return name.lookingAt();
    }

    /** Whether a line stands between two tracebacks of one record, or goes on with an exception's message. */
    public static boolean isBetween(String line) {
        return line.isEmpty()
                || line.charAt(0) == '\t'
                || line.startsWith("The above exception was the direct cause")
                || line.startsWith("During handling of the above exception");
    }

    /** What the last exception of a record proves. */
    static Diagnosis judge(String record) {
        String last = lastException(record);
        Matcher matcher = EXCEPTION.matcher(last);
        String name = matcher.lookingAt() ? matcher.group() : "";
        if (Words.any(last, "statement timeout", "lock timeout", "Lock wait timeout")) {
            return Condition.DB_SLOW;
        }
        if (last.contains("QueuePool limit of size ")) { // SQLAlchemy
            return Condition.DB_POOL_EXHAUSTED;
        }
        if (Words.any(name, DATABASE) && Words.any(last, LOST)) {
            return Condition.DB_UNAVAILABLE;
        }
        boolean service = false;
        for (String each : SERVICES) {
            service |= name.startsWith(each);
        }
        return service && Words.any(name.toLowerCase(Locale.ROOT), FAILED)
                ? Condition.DEPENDENCY_FAILED
                : Condition.APP_EXCEPTION;
    }

    private static String lastException(String record) {
        boolean frames = false;
        String found = "";
        for (String line : record.split("\n")) {
            if (line.startsWith(BEGIN)) {
                frames = true;
            } else if (frames && !line.startsWith(" ") && isException(line)) {
                found = line;
                frames = false;
            }
        }
        return found;
    }
}
