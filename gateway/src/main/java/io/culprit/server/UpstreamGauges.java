package io.culprit.server;

import io.culprit.admission.Admission;
import io.culprit.record.RingRecorder;
import io.culprit.record.Version;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import io.culprit.server.routing.Target;
import io.culprit.upstream.Peer;
import io.culprit.upstream.PoolWatch;
import io.culprit.upstream.Upstream;
import io.culprit.upstream.evidence.FpmStatus;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What the gateway's parts say of themselves at this moment, as metrics. */
final class UpstreamGauges implements MetricSource {
    private static final List<String> BREAKER_STATES = List.of("closed", "open", "half_open");

    private final Supplier<Map<String, Target>> targets;
    private final RingRecorder recorder;
    private volatile double loadedSeconds = System.currentTimeMillis() / 1000.0;

    private volatile boolean fileGood = true;

    /** Another configuration is in force; any thread may call. */
    void loaded() {
        fileGood = true;
        loadedSeconds = System.currentTimeMillis() / 1000.0;
    }

    /** The configuration's file was read again and not taken; any thread may call. */
    void refused() {
        fileGood = false;
    }

    UpstreamGauges(Supplier<Map<String, Target>> targets, RingRecorder recorder) {
        this.targets = targets;
        this.recorder = recorder;
    }

    @Override
    public void collect(Samples samples) {
        samples.add(Metric.BUILD_INFO, 1, Version.text(), System.getProperty("java.version"));
        samples.add(Metric.CONFIG_IN_FORCE, fileGood ? 1 : 0);
        samples.add(Metric.CONFIG_TIME, loadedSeconds);
        samples.add(Metric.LOG_LINES_DROPPED, recorder.dropped());
        for (Target target : targets.get().values()) {
            upstream(samples, target.upstream());
            admission(samples, target.upstream(), target.admission());
            target.pool().ifPresent(pool -> pool(samples, target.upstream().name(), pool));
        }
    }

    private static void upstream(Samples samples, Upstream upstream) {
        String name = upstream.name();
        int idle = upstream.idleConnections();
        samples.add(Metric.UPSTREAM_CONNECTIONS, idle, name, "idle");
        samples.add(Metric.UPSTREAM_CONNECTIONS, Math.max(0, upstream.budget().open() - idle), name, "active");
        for (Peer peer : upstream.peers().group().all()) {
            samples.add(Metric.PEER_ACTIVE, peer.active(), name, peer.id());
            for (Peer.State state : Peer.State.values()) {
                samples.add(Metric.PEER_STATE, peer.state() == state ? 1 : 0, name, peer.id(), state.id());
            }
        }
    }

    private static void admission(Samples samples, Upstream upstream, Admission admission) {
        String name = upstream.name();
        samples.add(Metric.REQUESTS_ACTIVE, admission.inUse(), name);
        samples.add(Metric.QUEUE_DEPTH, admission.waiting(), name);
        samples.add(Metric.QUEUE_SIZE, upstream.config().queue().size(), name);
        if (admission.limit() > 0) {
            samples.add(Metric.UPSTREAM_CONNECTIONS_MAX, admission.limit(), name);
        }
        admission.breaker().ifPresent(breaker -> {
            for (String state : BREAKER_STATES) {
                samples.add(Metric.BREAKER_STATE, breaker.state().equals(state) ? 1 : 0, name, state);
            }
        });
    }

    private static void pool(Samples samples, String upstream, PoolWatch pool) {
        for (String server : pool.servers()) {
            pool.latest(server).ifPresent(status -> pool(samples, upstream, server, status));
        }
    }

    private static void pool(Samples samples, String upstream, String server, FpmStatus status) {
        samples.add(Metric.FPM_PROCESSES, status.active(), upstream, server, "active");
        samples.add(Metric.FPM_PROCESSES, status.idle(), upstream, server, "idle");
        samples.add(Metric.FPM_LISTEN_QUEUE, status.listenQueue(), upstream, server);
        samples.add(Metric.FPM_MAX_CHILDREN_REACHED, status.maxChildrenReached(), upstream, server);
        samples.add(Metric.FPM_SLOW_REQUESTS, status.slowRequests(), upstream, server);
    }
}
