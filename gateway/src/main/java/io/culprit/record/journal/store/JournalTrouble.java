package io.culprit.record.journal.store;

import io.culprit.config.record.JournalConfig;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;

/** What goes wrong with a database, in words for who has to mend it. Stateless. */
public final class JournalTrouble {
    private static final int LONGEST_REASON = 300;

    private JournalTrouble() {}

    /** What lies behind it, without the statement: drivers repeat it with all its values. */
    public static String reason(Throwable e) {
        Throwable cause = e instanceof SQLException sql && sql.getNextException() != null ? sql.getNextException() : e;
        while (cause.getCause() != null && cause.getCause().getMessage() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof UnknownHostException) {
            return "there is no host " + cause.getMessage();
        }
        String text = String.valueOf(cause.getMessage()).replaceFirst("(?s); SQL statement:.*", "");
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON);
    }

    /** The same with the journal it happened to. */
    public static IOException of(JournalConfig config, String what, SQLException e) {
        return new IOException("the journal %s cannot be %s: %s".formatted(config.place(), what, reason(e)), e);
    }
}
