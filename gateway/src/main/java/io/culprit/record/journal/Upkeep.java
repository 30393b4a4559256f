package io.culprit.record.journal;

import io.culprit.record.journal.store.JournalStore;
import io.culprit.record.journal.store.JournalTrouble;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a store small and quick to ask: forgets what is older than the retention, and adds counts up over ten minutes, an hour, six and
 * a day once these are over, for pages of long ranges. A little at a time, since whoever writes waits for it. The journal's thread.
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final long PRUNE_EVERY_MILLIS = 600_000;
    private static final long ADD_UP_EVERY_MILLIS = 60_000;
    private static final long ADD_UP_NANOS = 300_000_000;

    /** Minutes that a gateway may still write after they are over, see {@link PendingCounts}. */
    private static final int LATE_MINUTES = 3;

    private final Duration retention;
    private long prunedMillis;
    private long addedUpMillis;

    Upkeep(Duration retention) {
        this.retention = retention;
    }

    /** What does not come off is told, and done the next time: whether the store can be written is another question. */
    void step(JournalStore store, long nowMillis) {
        try {
            keep(store, nowMillis);
        } catch (SQLException e) {
            LOG.warn("the journal is not kept small and quick for now: {}", JournalTrouble.reason(e));
        }
    }

    private void keep(JournalStore store, long nowMillis) throws SQLException {
        long oldest = nowMillis - retention.toMillis();
        if (nowMillis - prunedMillis > PRUNE_EVERY_MILLIS) {
            prunedMillis = nowMillis;
            store.prune(oldest);
        }
        if (nowMillis - addedUpMillis > ADD_UP_EVERY_MILLIS) {
            addedUpMillis = nowMillis;
            long start = System.nanoTime();
            while (store.addUp(oldest / 60_000, nowMillis / 60_000 - LATE_MINUTES)
                    && System.nanoTime() - start < ADD_UP_NANOS) {}
        }
    }
}
