package io.culprit.record.journal;

import io.culprit.record.journal.store.JournalStore;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gateway says of itself to whoever looks at the fleet: the JSON of its dashboard's views, written into a shared journal every
 * few seconds. Filled at the start, taken by the journal's thread.
 */
public final class PublishedViews {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedViews.class);
    private static final long TOLD_EVERY_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private record View(Supplier<byte[]> json, long everyMillis) {}

    private final Map<String, View> views = new ConcurrentHashMap<>();
    private final Map<String, Long> writtenMillis = new ConcurrentHashMap<>();
    private long toldMillis;

    /**
     * Adds one.
     *
     * @param name by which it is asked for
     * @param everySeconds how old it may get
     */
    public void add(String name, long everySeconds, Supplier<byte[]> json) {
        views.put(name, new View(json, TimeUnit.SECONDS.toMillis(everySeconds)));
    }

    /** Writes what has become too old; nothing where the journal is this process's own. */
    void write(JournalStore store, String instance, long nowMillis) throws SQLException {
        if (!store.isShared()) {
            return;
        }
        Map<String, byte[]> due = new LinkedHashMap<>();
        views.forEach((name, view) -> {
            if (nowMillis - writtenMillis.getOrDefault(name, 0L) >= view.everyMillis) {
                try {
                    due.put(name, view.json.get());
                } catch (RuntimeException e) {
                    told(name, e, nowMillis);
                }
            }
        });
        if (!due.isEmpty()) {
            store.putViews(instance, due, nowMillis);
            due.keySet().forEach(name -> writtenMillis.put(name, nowMillis));
        }
    }

    /** One view that cannot be made keeps nothing else from being written. */
    private void told(String name, RuntimeException e, long nowMillis) {
        if (nowMillis - toldMillis >= TOLD_EVERY_MILLIS) {
            toldMillis = nowMillis;
            LOG.error("the view {} for the fleet's dashboard could not be made", name, e);
        }
    }
}
