package io.culprit.triage.classify.app;

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

/** What is behind applications: MySQL, MariaDB, Redis; {@link PostgreSql} reads its own form and asks here what it means. */
public final class Databases implements LineReader {
    /** What events of a database have as their pool. */
    static final String POOL = "database";

    private static final String[] REFUSED = {
        "Too many connections",
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved",
        "FATAL:  the database system is starting up",
        "FATAL:  the database system is shutting down",
        "FATAL:  the database system is in recovery mode",
        "Access denied for user '",
        "FATAL:  password authentication failed"
    };
    private static final String[] CRASHED = {
        "Starting crash recovery",
        "Database was not shutdown normally",
        "database system was interrupted",
        "terminating any other active server processes",
        "was terminated by signal 9",
        "mysqld got signal",
        "mariadbd got signal"
    };
    private static final String[] READY = {
        "ready for connections", "database system is ready to accept connections", "Ready to accept connections"
    };
    private static final String[] FULL = {
        "Disk is full writing", "could not extend file", "Write error saving DB on disk", "No space left on device"
    };
    private static final String[] STOPPED = {
        "Normal shutdown",
        "received fast shutdown request",
        "User requested shutdown",
        "Received SIGTERM scheduling shutdown"
    };
    private static final String[] CACHE = {
        "OOM command not allowed when used memory",
        "max number of clients reached",
        "Background saving error",
        "MISCONF Redis"
    };
    private static final String[] IN_USE = {
        "Can't start server: Bind on", "Could not create server TCP listening socket"
    };
    private static final String[] MYSQL = {" [Note] ", " [Warning] ", " [ERROR] ", " [System] "};

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        boolean redis = redis(s);
        Stamp stamp = redis ? line.stamp() : Times.iso(s, 0);
        boolean bare = line.peeled() && Words.digitsEnd(s, 0) > 0; // a time with a zone was peeled off
        boolean known = bare && Words.any(s, MYSQL)
                || redis
                || s.startsWith("Version: '")
                || stamp.exists() && Words.any(s, MYSQL);
        if (!known && line.first() != '-') {
            return null;
        }
        Diagnosis what = diagnosis(s);
        if (what == null) {
            return known ? Finding.noise(Program.DATABASE).at(stamp).host(line.host()) : null;
        }
        return Finding.event(Program.DATABASE)
                .is(what)
                .pool(POOL)
                .at(stamp.exists() ? stamp : line.stamp())
                .host(line.host());
    }

    /** {@code 17726:C 27 Nov 2026 15:48:38.006 # MESSAGE}. */
    private static boolean redis(String s) {
        int digits = Words.digitsEnd(s, 0);
        return digits > 0
                && s.length() > digits + 4
                && s.charAt(digits) == ':'
                && s.charAt(digits + 2) == ' '
                && "MCSX".indexOf(s.charAt(digits + 1)) >= 0;
    }

    /** What a message proves, with its severity before it where PostgreSQL wrote it; null where it is nothing that matters. */
    static @Nullable Diagnosis diagnosis(String s) {
        if (Words.any(s, CACHE)) {
            return Condition.DEPENDENCY_FAILED;
        }
        if (Words.any(s, REFUSED)) {
            return Condition.DB_UNAVAILABLE;
        }
        if (Words.any(s, FULL) || s.contains("The table '") && s.contains("is full")) {
            return Condition.MACHINE_DISK_FULL;
        }
        if (Words.any(s, IN_USE)) {
            return Condition.UPSTREAM_PORT_IN_USE;
        }
        if (Words.any(s, CRASHED)) {
            return Condition.DEPENDENCY_FAILED;
        }
        if (Words.any(s, READY)) {
            return Condition.UPSTREAM_UP;
        }
        return Words.any(s, STOPPED) ? Condition.UPSTREAM_RESTART : null;
    }
}
