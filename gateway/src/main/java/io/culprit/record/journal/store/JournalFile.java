package io.culprit.record.journal.store;

import io.culprit.config.record.JournalConfig;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Set;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the journal; a file of H2's that nobody can read any more is put aside, not thrown away. Stateless. */
public final class JournalFile {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
    private static final String PREFIX = "jdbc:h2:";
    private static final String SUFFIX = ".mv.db";
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private JournalFile() {}

    public static JournalStore open(JournalConfig config) throws SQLException {
        if (config.url().startsWith(PREFIX) && !config.url().startsWith(PREFIX + "mem:")) {
            prepare(file(config));
        }
        try {
            return JournalStore.open(config);
        } catch (SQLException e) {
            if (config.isPostgresql() || !corrupt(e)) {
                throw e;
            }
            putAside(config, e);
            prepare(file(config));
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

    /** Whether it is a file of H2 that is not there, so that opening it would make an empty one. */
    public static boolean missing(JournalConfig config) {
        boolean onDisk = config.url().startsWith(PREFIX)
                && !config.url().startsWith(PREFIX + "mem:")
                && !config.url().startsWith(PREFIX + "tcp:");
        return onDisk && Files.notExists(file(config));
    }

    private static Path file(JournalConfig config) {
        String path = config.url().substring(PREFIX.length()).replaceFirst("^file:", "");
        return Path.of(path.replaceFirst(";.*", "").replaceFirst("^~", System.getProperty("user.home")) + SUFFIX);
    }

    /**
     * Makes the file, for its owner alone: it holds addresses of clients and the paths they asked for. Says why where it
     * cannot be made, which H2 does not.
     */
    private static void prepare(Path file) throws SQLException {
        Path folder = file.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(OWN));
            } else {
                closeToOthers(file);
            }
        } catch (UnsupportedOperationException e) {
            LOG.debug("no owner's rights on this file system");
        } catch (AccessDeniedException e) {
            throw new SQLException("permission denied: nothing can be written in " + folder + " by "
                    + System.getProperty("user.name") + "; set journal.url to a file elsewhere, or off");
        } catch (IOException e) {
            throw new SQLException(file + ": " + e.getMessage());
        }
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw new SQLException("permission denied: " + file + " cannot be written by "
                    + System.getProperty("user.name") + "; set journal.url to a file elsewhere, or off");
        }
    }

    /** Versions before 0.2 made it by the umask, which lets everybody read; a group that was let in stays. */
    private static void closeToOthers(Path file) throws IOException {
        Set<PosixFilePermission> rights = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        if (!rights.removeIf(each -> each.name().startsWith("OTHERS_"))) {
            return;
        }
        try {
            Files.setPosixFilePermissions(file, rights);
            LOG.info("{} could be read by everybody on this machine, and no longer can", file);
        } catch (FileSystemException e) {
            LOG.warn("{} can be read by everybody on this machine, and is another user's to close", file);
        }
    }

    private static void putAside(JournalConfig config, SQLException why) throws SQLException {
        Path file = file(config);
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
