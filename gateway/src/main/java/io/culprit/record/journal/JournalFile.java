package io.culprit.record.journal;

import io.culprit.config.JournalConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the journal; a file of H2's that nobody can read any more is put aside, not thrown away. Stateless. */
final class JournalFile {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
    private static final String PREFIX = "jdbc:h2:";
    private static final String SUFFIX = ".mv.db";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private JournalFile() {}

    static JournalStore open(JournalConfig config) throws SQLException {
        try {
            return JournalStore.open(config);
        } catch (SQLException e) {
            if (config.isPostgresql() || !corrupt(e)) {
                throw e;
            }
            putAside(config, e);
            return JournalStore.open(config);
        }
    }

    private static boolean corrupt(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == ErrorCode.FILE_CORRUPTED_1) {
                return true;
            }
        }
        return false;
    }

    private static void putAside(JournalConfig config, SQLException why) throws SQLException {
        String path = config.url().substring(PREFIX.length()).replaceFirst("^file:", "");
        Path file = Path.of(path.replaceFirst(";.*", "") + SUFFIX);
        Path aside = Path.of(file + ".broken-" + STAMP.format(Instant.now()));
        try {
            Files.move(file, aside);
        } catch (IOException e) {
            why.addSuppressed(e);
            throw why;
        }
        LOG.error("{} is damaged ({}); it was moved to {} and a new journal is begun", file, why.getMessage(), aside);
    }
}
