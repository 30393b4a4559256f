package io.culprit.server;

import io.culprit.admission.Admission;
import io.culprit.admission.Breaker;
import io.culprit.config.GatewayConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.failure.Event;
import io.culprit.loop.IoLoop;
import io.culprit.server.routing.Target;
import io.culprit.site.Site;
import io.culprit.upstream.PoolWatch;
import io.culprit.upstream.Upstream;
import io.culprit.upstream.tls.PeerTls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All upstreams with what guards and watches them. A change of the configuration keeps those that it does not touch, with
 * their connections, ejections, breakers, queues and counts. Thread-safe.
 */
final class Backends {
    private final List<IoLoop> loops;
    private final Event.Sink events;
    private final Maker maker;
    private volatile Map<String, Backend> backends = Map.of();

    /** Makes the engine of one upstream. */
    @FunctionalInterface
    interface Maker {
        /**
         * @param before what it replaces
         * @throws IOException when a certificate cannot be used
         */
        Upstream make(UpstreamConfig config, Optional<Upstream> before) throws IOException;
    }

    private record Backend(Target target, Optional<HealthCheck> check) {
        void start() {
            check.ifPresent(HealthCheck::start);
            target.pool().ifPresent(PoolWatch::start);
        }

        void stop() {
            check.ifPresent(HealthCheck::stop);
            target.pool().ifPresent(PoolWatch::stop);
            target.upstream().close();
        }
    }

    /** @param maker makes the engine of one upstream */
    Backends(List<IoLoop> loops, Event.Sink events, Maker maker) {
        this.loops = loops;
        this.events = events;
        this.maker = maker;
    }

    /** A step that is prepared and not yet made. */
    final class Change {
        private final Map<String, Backend> next = new LinkedHashMap<>();
        private final List<Backend> added = new ArrayList<>();
        private final List<Backend> removed = new ArrayList<>();
        private final List<Runnable> renewals = new ArrayList<>();
        private final List<String> renewed = new ArrayList<>();

        /** The target of each upstream when the step is made. */
        Optional<Target> target(String upstream) {
            return Optional.ofNullable(next.get(upstream)).map(Backend::target);
        }

        /** Upstreams that stay and whose files of TLS have changed. */
        List<String> renewed() {
            return renewed;
        }

        /** To be called before the first request may take the step. */
        void inherit() {
            added.forEach(each -> each.target().upstream().inherit());
        }

        /** Makes the step; what was removed closes its idle connections, running requests go on. */
        void apply(boolean started) {
            backends = Map.copyOf(next);
            renewals.forEach(Runnable::run);
            if (started) {
                added.forEach(Backend::start);
            }
            removed.forEach(Backend::stop);
        }
    }

    /**
     * Prepares the upstreams of a configuration.
     *
     * @throws IOException when a certificate cannot be used
     */
    synchronized Change prepare(GatewayConfig config) throws IOException {
        Change change = new Change();
        Map<String, Backend> before = backends;
        for (UpstreamConfig each : config.upstreams().values()) {
            Backend kept = before.get(each.name());
            if (kept != null && kept.target().upstream().config().equals(each)) {
                change.next.put(each.name(), kept);
                Optional<PeerTls> tls = kept.target().upstream().tls().filter(PeerTls::filesChanged);
                if (tls.isPresent()) {
                    change.renewals.add(tls.get().renewal());
                    change.renewed.add(each.name());
                }
            } else {
                Backend fresh = backend(each, Optional.ofNullable(kept).map(Backend::target));
                change.next.put(each.name(), fresh);
                change.added.add(fresh);
            }
        }
        before.values().stream()
                .filter(each -> !change.next.containsValue(each))
                .forEach(change.removed::add);
        return change;
    }

    private Backend backend(UpstreamConfig config, Optional<Target> before) throws IOException {
        Upstream upstream = maker.make(config, before.map(Target::upstream));
        Optional<PoolWatch> pool = config.fastcgi()
                .filter(f -> !f.statusEvery().isZero())
                .map(f -> new PoolWatch(upstream, loops.get(0), f.statusPath(), f.statusEvery()));
        return new Backend(
                new Target(upstream, admission(config, before), config.fastcgi().map(Site::new), pool),
                config.health().check().map(check -> new HealthCheck(upstream, check, loops.get(0))));
    }

    /** Who is in, who waits and what the breaker has seen stay where the rules do. */
    private Admission admission(UpstreamConfig upstream, Optional<Target> before) {
        Optional<UpstreamConfig> old = before.map(each -> each.upstream().config());
        if (old.isPresent()
                && old.get().maxConnections() == upstream.maxConnections()
                && old.get().queue().equals(upstream.queue())
                && old.get().breaker().equals(upstream.breaker())) {
            return before.get().admission();
        }
        var queue = upstream.queue();
        return new Admission(
                upstream.maxConnections(),
                queue.size(),
                queue.timeout(),
                upstream.breaker()
                        .map(b -> new Breaker(
                                upstream.name(),
                                b.failureRate(),
                                b.window(),
                                b.minimumCalls(),
                                b.openFor(),
                                b.halfOpenCalls(),
                                events)));
    }

    /** TLS of each upstream that has some, by its name. */
    Map<String, PeerTls> tls() {
        Map<String, PeerTls> all = new LinkedHashMap<>();
        backends.forEach((name, each) -> each.target().upstream().tls().ifPresent(tls -> all.put(name, tls)));
        return all;
    }

    /** Begins to check and to watch. */
    void start() {
        backends.values().forEach(Backend::start);
    }

    /** Checks and watches no more. */
    void stopWatching() {
        for (Backend each : backends.values()) {
            each.check().ifPresent(HealthCheck::stop);
            each.target().pool().ifPresent(PoolWatch::stop);
        }
    }

    /** The targets in the order of their names' configuration. */
    Map<String, Target> targets(GatewayConfig config) {
        Map<String, Backend> now = backends;
        Map<String, Target> targets = new LinkedHashMap<>();
        for (String name : config.upstreams().keySet()) {
            if (now.containsKey(name)) {
                targets.put(name, now.get(name).target());
            }
        }
        return targets;
    }
}
