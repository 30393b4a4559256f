package io.culprit.record;

import io.culprit.config.GatewayConfig;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Event;
import io.culprit.failure.Outcome;
import io.culprit.record.alert.Alerts;
import io.culprit.record.alert.Webhooks;
import io.culprit.record.count.Counters;
import io.culprit.record.journal.ExampleCache;
import io.culprit.record.journal.Journal;
import io.culprit.record.journal.store.Example;
import io.culprit.record.metrics.Metrics;
import io.culprit.record.telemetry.Telemetry;
import io.culprit.record.watch.Uptime;
import io.culprit.record.watch.Watch;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Everything that looks on while requests are served: wires recorder, watch, metrics, journal, telemetry and alerts. IO
 * threads meet only {@link #recorder} and {@link #events}; all else has threads of its own.
 */
public final class Monitor implements AutoCloseable {
    private final RingRecorder recorder;
    private final Metrics metrics;
    private final Watch watch;
    private final Alerts alerts;
    private volatile Optional<Webhooks> webhooks;
    private volatile Optional<Uptime> uptime;
    private final Optional<Journal> journal;
    private final ExampleCache shelf = new ExampleCache();
    private final String instance;
    private final DialectTable dialects;
    /** Names of the upstreams of this moment, which watch and alerts look at. */
    private final List<String> upstreams;

    private GatewayConfig config;

    /**
     * @param instance what this gateway is called where several are looked at together
     * @throws IOException naming the log that cannot be opened
     */
    public Monitor(GatewayConfig config, DialectTable dialects, String instance) throws IOException {
        this.instance = instance;
        this.dialects = dialects;
        this.config = config;
        Counters counters = new Counters(config.ioThreads());
        upstreams = new CopyOnWriteArrayList<>(config.upstreams().keySet());
        metrics = new Metrics(counters);
        Optional<Telemetry> telemetry =
                config.telemetry().otlp().map(otlp -> new Telemetry(otlp, instance, Version.text(), metrics));
        telemetry.ifPresent(metrics::add);
        recorder = Recording.of(config, dialects, counters, telemetry.stream().toList());
        watch = new Watch(counters, upstreams);
        webhooks = config.alerts().webhooks().isEmpty()
                ? Optional.empty()
                : Optional.of(new Webhooks(config.alerts().webhooks(), instance));
        webhooks.ifPresent(metrics::add);
        alerts = new Alerts(
                config.alerts(),
                upstreams,
                watch.pulse(),
                watch.unobserved(),
                alert -> webhooks.ifPresent(w -> w.send(alert)));
        watch.onEvent(alerts);
        watch.onTick((counts, now) -> alerts.tick(now));
        metrics.add(watch.outages());
        uptime = config.uptime().isEmpty() ? Optional.empty() : Optional.of(new Uptime(config.uptime(), watch));
        uptime.ifPresent(metrics::add);
        journal = config.journal()
                .map(j -> new Journal(
                        j, Version.text(), watch, this::resume, watch.unobserved(), () -> recorder.examplesDropped()));
        journal.ifPresent(this::connect);
        recorder.examplesTo(this::keep);
    }

    private void connect(Journal opened) {
        watch.onTick(opened);
        watch.onEvent(opened::event);
        metrics.add(opened);
    }

    /** Takes up what an earlier run left open; called on the journal's thread. */
    private void resume(Event begun) {
        alerts.resume(begun);
        boolean goesOn = switch (begun.kind()) {
            case OUTAGE_STARTED -> watch.outages().resume(begun.upstream(), begun.epochMillis(), begun.detail());
            case UPTIME_FAILED ->
                uptime.isPresent() && uptime.get().resume(begun.subject(), begun.epochMillis(), begun.detail());
            // Servers and breakers begin anew with the process.
            case PEER_EJECTED,
                    CHECK_FAILED,
                    BREAKER_OPENED,
                    BREAKER_HALF_OPEN,
                    BREAKER_CLOSED,
                    PEER_RETURNED,
                    CHECK_RECOVERED,
                    OUTAGE_ENDED,
                    UPTIME_RECOVERED,
                    GATEWAY_STARTED,
                    GATEWAY_STOPPED,
                    GATEWAY_CRASHED,
                    CLIENTS_LIMITED,
                    CLIENTS_UNLIMITED,
                    CERTIFICATE_EXPIRES,
                    CERTIFICATE_RENEWED,
                    CONFIG_RELOADED,
                    CONFIG_REFUSED -> false;
        };
        if (!goesOn) {
            begun.kind()
                    .end()
                    .ifPresent(end -> watch.happened(
                            Event.now(end, begun.upstream(), begun.subject(), "the gateway was started again")));
        }
    }

    private void keep(Outcome outcome) {
        Example.of(outcome).ifPresent(example -> {
            shelf.put(example);
            journal.ifPresent(j -> j.example(example));
        });
    }

    /** Begins to look; everything is wired by now. */
    public void start() {
        watch.start();
        uptime.ifPresent(Uptime::start);
        watch.happened(new Event(
                Event.Kind.GATEWAY_STARTED,
                System.currentTimeMillis(),
                "",
                instance,
                "version " + Version.text()
                        + began().map(b -> ", process of " + b).orElse("")));
    }

    /** Of the process, which may be older than this gateway. */
    private static Optional<Instant> began() {
        return ProcessHandle.current().info().startInstant();
    }

    /** Logs of another configuration, opened and not in use yet. */
    public final class Change {
        private final GatewayConfig next;
        private final Optional<List<OutcomeWriter>> logs;

        private Change(GatewayConfig next, Optional<List<OutcomeWriter>> logs) {
            this.next = next;
            this.logs = logs;
        }

        /** Nothing comes of it. */
        public void drop() {
            logs.ifPresent(all -> all.forEach(OutcomeWriter::close));
        }

        /** Puts logs, alerts, checks from inside and the list of upstreams into force. */
        public void apply() {
            logs.ifPresent(recorder::replaceLogs);
            long now = System.currentTimeMillis();
            List<String> gone = upstreams.stream()
                    .filter(each -> !next.upstreams().containsKey(each))
                    .toList();
            next.upstreams().keySet().stream()
                    .filter(each -> !upstreams.contains(each))
                    .forEach(upstreams::add);
            upstreams.removeAll(gone);
            for (String each : gone) {
                watch.outages().forget(each, now);
                alerts.forget(each);
            }
            if (!next.alerts().rules().equals(config.alerts().rules())) {
                alerts.rules(next.alerts().rules());
            }
            if (!next.alerts().webhooks().equals(config.alerts().webhooks())) {
                changeWebhooks(next);
            }
            if (!next.uptime().equals(config.uptime())) {
                changeUptime(next);
            }
            config = next;
        }
    }

    /**
     * Opens the logs of another configuration where they differ.
     *
     * @throws IOException naming the log that cannot be opened; nothing has changed then
     */
    public Change prepare(GatewayConfig next) throws IOException {
        boolean same = next.accessLog().equals(config.accessLog())
                && next.errorLog().equals(config.errorLog())
                && next.upstreams().equals(config.upstreams()); // the error log names their protocols
        return new Change(next, same ? Optional.empty() : Optional.of(Recording.logs(next, dialects)));
    }

    private void changeWebhooks(GatewayConfig next) {
        Optional<Webhooks> before = webhooks;
        webhooks = next.alerts().webhooks().isEmpty()
                ? Optional.empty()
                : Optional.of(new Webhooks(next.alerts().webhooks(), instance));
        webhooks.ifPresent(metrics::add);
        before.ifPresent(each -> {
            metrics.remove(each);
            each.close();
        });
    }

    /** Checks that stay go on with what is known of them; the trouble of one that goes ends with it. */
    private void changeUptime(GatewayConfig next) {
        Optional<Uptime> before = uptime;
        before.ifPresent(each -> {
            metrics.remove(each);
            each.close();
        });
        Optional<Uptime> fresh =
                next.uptime().isEmpty() ? Optional.empty() : Optional.of(new Uptime(next.uptime(), watch));
        for (Uptime.State each : before.map(Uptime::states).orElse(List.of())) {
            String name = each.config().name();
            boolean goesOn =
                    !each.good() && fresh.isPresent() && fresh.get().resume(name, each.sinceMillis(), each.trouble());
            if (!each.good() && !goesOn) {
                watch.happened(Event.now(
                        Event.Kind.UPTIME_RECOVERED, "", name, "the check was taken out of the configuration"));
            }
        }
        uptime = fresh;
        fresh.ifPresent(metrics::add);
        fresh.ifPresent(Uptime::start);
    }

    /** Where requests are counted and written from. */
    public RingRecorder recorder() {
        return recorder;
    }

    /** Where what happens to upstreams is told. */
    public Event.Sink events() {
        return watch;
    }

    /** The last hour, outages and events. */
    public Watch watch() {
        return watch;
    }

    /** All metrics. */
    public Metrics metrics() {
        return metrics;
    }

    /** The rules and which of them fire. */
    public Alerts alerts() {
        return alerts;
    }

    /** The checks from inside, if any are configured. */
    public Optional<Uptime> uptime() {
        return uptime;
    }

    /** What outlives the process, if that is configured. */
    public Optional<Journal> journal() {
        return journal;
    }

    /** Examples of this run, in memory. */
    public ExampleCache shelf() {
        return shelf;
    }

    /** Writes everything to its end. No request may be under way. */
    @Override
    public void close() {
        uptime.ifPresent(Uptime::close);
        recorder.close(); // first, since it hands on the last examples; a log that is stuck holds it for seconds only
        watch.happened(Event.now(Event.Kind.GATEWAY_STOPPED, "", instance, "in order"));
        watch.close();
        webhooks.ifPresent(Webhooks::close);
        journal.ifPresent(Journal::close);
        metrics.close();
    }
}
