package io.culprit.admin.view;

import io.culprit.admission.Admission;
import io.culprit.failure.Event;
import io.culprit.record.count.Counters;
import io.culprit.record.count.Durations;
import io.culprit.record.count.Step;
import io.culprit.server.Gateway;
import io.culprit.upstream.Peer;
import io.culprit.upstream.PoolWatch;
import io.culprit.upstream.Upstream;
import io.culprit.upstream.evidence.FpmStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The upstreams with their peers, queues, breakers and FPM pools at this moment. Thread-safe. */
public final class UpstreamView {
    private static final int EVENTS = 50;

    private final Gateway gateway;

    public UpstreamView(Gateway gateway) {
        this.gateway = gateway;
    }

    /** All upstreams, in the order of the configuration. */
    public byte[] json() {
        List<Event> events = gateway.monitor().watch().events();
        Map<String, Admission> admissions = gateway.admissions();
        List<Tree> upstreams = new ArrayList<>();
        for (Upstream each : gateway.upstreams().values()) {
            Admission admission = admissions.get(each.name());
            if (admission != null) { // else a reload has come between
                upstreams.add(upstream(each, admission, events));
            }
        }
        return new Tree().put("upstreams", upstreams).bytes();
    }

    private Tree upstream(Upstream upstream, Admission admission, List<Event> events) {
        int idle = upstream.idleConnections();
        Tree tree = new Tree()
                .put("name", upstream.name())
                .put("protocol", upstream.config().protocol().name().toLowerCase(java.util.Locale.ROOT))
                .put("in_use", admission.inUse())
                .put("limit", admission.limit())
                .put("waiting", admission.waiting())
                .put("queue_size", upstream.config().queue().size())
                .put("idle_connections", idle)
                .put("open_connections", upstream.budget().open())
                .put(
                        "peers",
                        upstream.peers().group().all().stream()
                                .map(peer -> peer(peer, upstream))
                                .toList())
                .put("phases", phases(upstream.name()))
                .put(
                        "events",
                        events.stream()
                                .filter(e -> e.upstream().equals(upstream.name()))
                                .limit(EVENTS)
                                .map(EventView::event)
                                .toList());
        Optional.ofNullable(gateway.monitor().watch().outages().open().get(upstream.name()))
                .filter(outage -> !outage.unconfirmed())
                .ifPresent(outage -> tree.put("out", outage.verdict()));
        admission.breaker().ifPresent(breaker -> tree.put("breaker", breaker.state()));
        Optional.ofNullable(gateway.pools().get(upstream.name())).ifPresent(pool -> tree.put("pools", pools(pool)));
        return tree;
    }

    private List<Tree> phases(String upstream) {
        Counters counters = gateway.recorder().counters();
        List<Tree> all = new ArrayList<>();
        for (Step step : Step.values()) {
            Durations durations = counters.durations(upstream, step);
            if (durations.count() > 0) {
                all.add(new Tree()
                        .put("phase", step.id())
                        .put("count", durations.count())
                        .put("p50_seconds", durations.atMost(0.5))
                        .put("p99_seconds", durations.atMost(0.99)));
            }
        }
        return all;
    }

    private static Tree peer(Peer peer, Upstream upstream) {
        Peer.State state = peer.state();
        Tree tree = new Tree()
                .put("address", peer.id())
                .put("active", peer.active())
                .put("weight", peer.weight())
                .put("backup", peer.backup())
                .put("state", state.id());
        peer.habit().timeoutNanos().ifPresent(nanos -> tree.put("closes_idle_after_seconds", nanos / 1e9));
        peer.habit()
                .finding(upstream.config().keepalive().idle().toNanos())
                .ifPresent(finding -> tree.put("finding", finding));
        if (state != Peer.State.UP) {
            tree.put("why", peer.whyUnavailable());
        }
        if (state == Peer.State.EJECTED) {
            peer.ejection()
                    .ifPresent(e -> tree.put("ejected_by", e.requestId())
                            .put("until", e.until().toString()));
        }
        return tree;
    }

    private static List<Tree> pools(PoolWatch pool) {
        return pool.servers().stream()
                .map(server -> new Tree()
                        .put("server", server)
                        .put("trouble", pool.trouble(server))
                        .put(
                                "readings",
                                pool.readings(server).stream()
                                        .map(UpstreamView::reading)
                                        .toList()))
                .toList();
    }

    private static Tree reading(PoolWatch.Reading reading) {
        FpmStatus status = reading.status();
        return new Tree()
                .put("time", Instant.ofEpochMilli(reading.epochMillis()).toString())
                .put("active", status.active())
                .put("idle", status.idle())
                .put("queue", status.listenQueue())
                .put("total", status.total())
                .put("max_children_reached", status.maxChildrenReached())
                .put("slow_requests", status.slowRequests());
    }
}
