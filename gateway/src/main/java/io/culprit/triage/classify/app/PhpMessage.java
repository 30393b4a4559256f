package io.culprit.triage.classify.app;

import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** What PHP says, wherever it is written: its own log, FPM's, FastCGI's stderr in nginx and Apache, WordPress's debug.log. */
public final class PhpMessage {
    private static final String[] DATABASE = {
        "mysqli",
        "PDOException",
        "SQLSTATE[",
        "MySQL server has gone away",
        "Too many connections",
        "Error establishing a database connection",
        "Lost connection to MySQL"
    };
    private static final String[] OTHERS = {
        "RedisException",
        "Redis server went away",
        "MemcachedException",
        "Failed to open stream: Connection refused",
        "Failed to open stream: HTTP request failed",
        "cURL error "
    };
    private static final String[] LOST = {
        "Connection refused",
        "gone away",
        "Too many connections",
        "Lost connection",
        "[2002]",
        "[2006]",
        "[1040]",
        "[08006]",
        "No such file or directory",
        "Error establishing a database connection",
        "Connection timed out",
        "max_user_connections",
        "getaddrinfo"
    };

    private PhpMessage() {}

    public static Finding judge(Program program, String said) {
        Diagnosis found = diagnosis(said);
        if (found == null) {
            return Finding.noise(program);
        }
        return Finding.error(program).is(found).script(script(said));
    }

    /** Null where nothing failed: notices, warnings, deprecations. */
    public static @Nullable Diagnosis diagnosis(String said) {
        if (said.contains("Primary script unknown") || said.contains("Unable to open primary script")) {
            return Condition.PHP_SCRIPT_MISSING;
        }
        if (said.contains("Access to the script")) {
            return Condition.PHP_SCRIPT_DENIED;
        }
        if (Words.any(said, DATABASE) && Words.any(said, LOST)) {
            return Condition.PHP_DB_DOWN;
        }
        if (Words.any(said, OTHERS)) {
            return Condition.DEPENDENCY_FAILED;
        }
        if (said.contains("No space left on device")) {
            return Condition.MACHINE_DISK_FULL;
        }
        if (said.contains("Allowed memory size of")) {
            return Condition.PHP_MEMORY_LIMIT;
        }
        if (said.contains("Maximum execution time of")) {
            return Condition.PHP_MAX_EXECUTION_TIME;
        }
        if (said.contains("exceeds the limit of") && said.contains("POST Content-Length")
                || said.contains("Input variables exceeded")) {
            return Condition.PHP_UPLOAD_LIMIT;
        }
        boolean fatal =
                Words.any(said, "PHP Fatal error", "PHP Parse error", "Fatal error: ", "PHP Recoverable fatal error");
        return fatal ? Condition.PHP_FATAL : null;
    }

    /** {@code in /srv/www/shop/mem.php on line 1} or {@code in /srv/www/shop/fatal.php:1}, as path and line. */
    private static String script(String said) {
        int at = said.lastIndexOf(" in /");
        if (at < 0) {
            return "";
        }
        int start = at + 4;
        int on = said.indexOf(" on line ", start);
        if (on > 0) {
            int end = Words.digitsEnd(said, on + 9);
            return said.substring(start, on) + ":" + said.substring(on + 9, end);
        }
        int end = start;
        while (end < said.length() && " \n\\\"'".indexOf(said.charAt(end)) < 0) {
            end++;
        }
        return said.substring(start, end);
    }
}
