package io.culprit.admin.view;

import io.culprit.config.GatewayConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.UpstreamConfig.Protocol;
import io.culprit.dialect.Answer;
import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Cause;
import io.culprit.failure.Likely;
import io.culprit.record.Monitor;
import io.culprit.record.journal.ExampleFilter;
import io.culprit.record.journal.Journal;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.store.Example;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Single failures: lists of them, and all that is known of one. Thread-safe. */
public final class FailureView {
    private final Optional<Monitor> monitor;
    private final Supplier<Optional<JournalQueries>> journal;
    private final Supplier<Map<String, UpstreamConfig>> upstreams;

    /** Of a gateway: what it remembers and what its journal has. */
    public FailureView(Monitor monitor, Supplier<GatewayConfig> configs) {
        this.monitor = Optional.of(monitor);
        this.journal = () -> monitor.journal().map(Journal::queries);
        this.upstreams = () -> configs.get().upstreams();
    }

    /** Of a journal that others write. */
    public FailureView(JournalQueries journal) {
        this.monitor = Optional.empty();
        this.journal = () -> Optional.of(journal);
        this.upstreams = Map::of;
    }

    /** Examples, newest first: those in memory and those in the journal. */
    public byte[] list(ExampleFilter filter, int most) {
        Map<String, Example> found = new LinkedHashMap<>();
        if (filter.instance().isEmpty()) { // what memory holds is this gateway's, and in the journal soon
            recent().filter(filter::takes).forEach(e -> found.put(e.requestId(), e));
            monitor.ifPresent(m -> m.shelf().find(filter, most).forEach(e -> found.putIfAbsent(e.requestId(), e)));
        }
        String trouble = "";
        Optional<JournalQueries> queries = journal.get();
        if (queries.isPresent()) {
            try {
                queries.get().examples(filter, most).forEach(e -> found.putIfAbsent(e.requestId(), e));
            } catch (UnavailableException e) {
                trouble = e.getMessage();
            }
        }
        List<Example> sorted = new ArrayList<>(found.values());
        sorted.sort(Comparator.comparingLong(Example::epochMillis).reversed());
        return new Tree()
                .put(
                        "failures",
                        sorted.stream().limit(most).map(FailureView::summary).toList())
                .put("trouble", trouble)
                .bytes();
    }

    private Stream<Example> recent() {
        return monitor.stream()
                .flatMap(m -> m.recorder().recentFailures().stream())
                .flatMap(o -> Example.of(o).stream());
    }

    private static Tree summary(Example example) {
        Tree tree = new Tree()
                .put("request_id", example.requestId())
                .put("time", Instant.ofEpochMilli(example.epochMillis()).toString())
                .put("route", example.route())
                .put("upstream", example.upstream())
                .put("peer", example.peer())
                .put("cause", example.cause())
                .put("status", example.status())
                .put("verdict", example.verdict());
        Cause.byId(example.cause()).ifPresent(c -> tree.put("blame", c.blame().id()));
        return tree;
    }

    /**
     * Everything about one failure; empty when nobody remembers it.
     *
     * @throws UnavailableException when only the journal could know and cannot be read
     */
    public Optional<byte[]> one(String requestId) throws UnavailableException {
        Optional<Example> found = recent().filter(e -> e.requestId().equals(requestId))
                .findFirst()
                .or(() -> monitor.flatMap(m -> m.shelf().find(requestId)));
        Optional<JournalQueries> queries = journal.get();
        if (found.isEmpty() && queries.isPresent()) {
            found = queries.get().example(requestId);
        }
        return found.map(this::full);
    }

    private byte[] full(Example example) {
        Tree tree = new Tree().put("outcome", new Tree.Raw(example.json())).put("verdict", example.verdict());
        Optional<UpstreamConfig> upstream = Optional.ofNullable(upstreams.get().get(example.upstream()));
        upstream.ifPresent(u -> tree.put("timers", timers(u))
                .put("protocol", u.protocol().name().toLowerCase(java.util.Locale.ROOT)));
        // A newer program may have written causes that this one does not know.
        Cause.byId(example.cause()).ifPresent(cause -> {
            boolean fastcgi =
                    upstream.filter(u -> u.protocol() == Protocol.FASTCGI).isPresent();
            Likely.Place place = new Likely.Place(fastcgi, example.peer(), example.target(), example.requestId());
            tree.put("cause", example.cause())
                    .put("phase", cause.phase().id())
                    .put("blame", cause.blame().id())
                    .put("summary", cause.summary())
                    .put("remedy", cause.remedy())
                    .put(
                            "likely",
                            Likely.of(cause, place).stream()
                                    .map(l ->
                                            new Tree().put("reason", l.reason()).put("command", l.command()))
                                    .toList())
                    .put("others", others(cause, example));
        });
        return tree.bytes();
    }

    private static Tree timers(UpstreamConfig upstream) {
        UpstreamConfig.Timeouts timeouts = upstream.timeouts();
        return new Tree()
                .millis("queue_ms", upstream.queue().timeout().toNanos())
                .millis("connect_ms", timeouts.connect().toNanos())
                .millis("send_ms", timeouts.send().toNanos())
                .millis("head_ms", timeouts.head().toNanos())
                .millis("body_ms", timeouts.body().toNanos())
                .millis("total_ms", timeouts.total().toNanos());
    }

    private static List<Tree> others(Cause cause, Example example) {
        List<Tree> all = new ArrayList<>();
        for (Dialect dialect : Dialect.values()) {
            Answer answer = DialectTable.bundled().answer(cause, dialect);
            all.add(new Tree()
                    .put("gateway", dialect.id())
                    .put("status", answer.status() == 0 ? "-" : Integer.toString(answer.status()))
                    .put("flag", answer.flag())
                    .put("log", answer.log(example.peer(), "", example.verdict())));
        }
        return all;
    }
}
