package io.culprit.record.journal;

import io.culprit.record.journal.store.JournalStore;
import io.culprit.record.journal.store.JournalTrouble;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
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
    private final Map<String, Long> madeMillis = new ConcurrentHashMap<>();
    private final Map<String, Long> toldMillis = new ConcurrentHashMap<>();
    private volatile BooleanSupplier over = () -> false;

    /**
     * Adds one.
     *
     * @param name by which it is asked for
     * @param everySeconds how old it may get
     */
    public void add(String name, long everySeconds, Supplier<byte[]> json) {
        views.put(name, new View(json, TimeUnit.SECONDS.toMillis(everySeconds)));
    }

    /** From when this is true on nothing is written: another process of the same name may have taken over. */
    public void until(BooleanSupplier ended) {
        over = ended;
    }

    /**
     * Writes what has become too old. That it cannot is told once a minute and keeps
     * nothing else from being written.
     */
    void write(JournalStore store, String instance, long nowMillis) {
        if (over.getAsBoolean()) {
            return;
        }
        Map<String, byte[]> due = new LinkedHashMap<>();
        views.forEach((name, view) -> {
            if (nowMillis - madeMillis.getOrDefault(name, 0L) >= view.everyMillis) {
                madeMillis.put(name, nowMillis);
                try {
                    due.put(name, view.json.get());
                } catch (RuntimeException e) {
                    told(name, e, nowMillis);
                }
            }
        });
        if (!due.isEmpty()) {
            try {
                store.putViews(instance, due, nowMillis);
            } catch (SQLException e) {
                if (isTimeToTell("", nowMillis)) {
                    LOG.warn("the fleet's dashboard is not told of this gateway: {}", JournalTrouble.reason(e));
                }
            }
        }
    }

    private boolean isTimeToTell(String name, long nowMillis) {
        boolean due = nowMillis - toldMillis.getOrDefault(name, 0L) >= TOLD_EVERY_MILLIS;
        if (due) {
            toldMillis.put(name, nowMillis);
        }
        return due;
    }

    /** One view that cannot be made keeps nothing else from being written. */
    private void told(String name, RuntimeException e, long nowMillis) {
        if (isTimeToTell(name, nowMillis)) {
            LOG.error("the view {} for the fleet's dashboard could not be made", name, e);
        }
    }
}
