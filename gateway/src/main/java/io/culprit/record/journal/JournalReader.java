package io.culprit.record.journal;

import io.culprit.config.record.JournalConfig;
import io.culprit.record.journal.store.JournalFile;
import io.culprit.record.journal.store.JournalStore;
import io.culprit.record.journal.store.JournalTrouble;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/** A journal that others write, opened for reading. Any thread. */
public final class JournalReader implements AutoCloseable {
    private final JournalStore store;

    private JournalReader(JournalStore store) {
        this.store = store;
    }

    /**
     * Opens one; a schema of an older version is brought up to date.
     *
     * @throws IOException when it cannot be opened; an H2 file is open in one process at a time
     */
    public static JournalReader open(JournalConfig config) throws IOException {
        if (JournalFile.missing(config)) {
            throw new IOException(config.place() + ": there is no such journal");
        }
        try {
            return new JournalReader(JournalFile.open(config));
        } catch (SQLException e) {
            throw JournalTrouble.of(config, "opened", e);
        }
    }

    /** What may be asked. */
    public JournalQueries queries() {
        return new JournalQueries(() -> Optional.of(store));
    }

    @Override
    public void close() {
        store.close();
    }
}
