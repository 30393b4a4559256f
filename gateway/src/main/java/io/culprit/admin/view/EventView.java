package io.culprit.admin.view;

import io.culprit.failure.Event;
import io.culprit.record.Monitor;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to upstreams, checks and gateways. Thread-safe. */
public final class EventView {
    private static final int MOST = 500;

    private final Monitor monitor;

    public EventView(Monitor monitor) {
        this.monitor = monitor;
    }

    /**
     * Events, newest first; of all gateways that share the journal where there is one.
     *
     * @param minutes how far back
     * @param instance one gateway, empty for all that share the journal
     */
    public byte[] json(long minutes, String instance) {
        long since = System.currentTimeMillis() - minutes * 60_000;
        String trouble = "";
        List<Event> events = monitor.watch().events().stream()
                .filter(e -> e.epochMillis() >= since)
                .toList();
        if (monitor.journal().isPresent()) {
            try {
                events = monitor.journal().get().queries().events(since, MOST, instance);
            } catch (UnavailableException e) {
                trouble = e.getMessage();
            }
        }
        return tree(events, trouble);
    }

    /** The same of a journal that others write. */
    public static byte[] json(JournalQueries journal, long minutes, String instance) throws UnavailableException {
        long since = journal.nowMillis() - minutes * 60_000;
        return tree(journal.events(since, MOST, instance), "");
    }

    private static byte[] tree(List<Event> events, @Nullable String trouble) {
        return new Tree()
                .put("events", events.stream().map(EventView::event).toList())
                .put("trouble", trouble)
                .bytes();
    }

    static Tree event(Event event) {
        return new Tree()
                .put("kind", event.kind().id())
                .put("time", Instant.ofEpochMilli(event.epochMillis()).toString())
                .put("upstream", event.upstream())
                .put("subject", event.subject())
                .put("detail", event.detail());
    }
}
