package io.culprit.record.watch;

import io.culprit.config.record.UptimeConfig;
import io.culprit.failure.Event;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Asks the URLs of {@code uptime:} again and again, as a client would. A check that fails is repeated after a second; only
 * a second failure in a row is told, so that one lost packet wakes nobody and an outage is known within {@code every}
 * and the two timeouts.
 */
public final class Uptime implements MetricSource, AutoCloseable {
    private static final int THREADS = 4;
    private static final long CONFIRM_MILLIS = 1_000;

    private final HttpClient client;
    private final ScheduledThreadPoolExecutor threads;
    private final List<Check> checks = new ArrayList<>();

    /**
     * What is known of one check.
     *
     * @param checked whether there was a result yet
     * @param trouble why it fails, empty while it is good
     * @param sinceMillis when it changed last
     * @param seconds how long the last one took
     */
    public record State(UptimeConfig config, boolean checked, String trouble, long sinceMillis, double seconds) {
        /** Whether it is good, as far as is known. */
        public boolean good() {
            return trouble.isEmpty();
        }
    }

    public Uptime(List<UptimeConfig> configs, Event.Sink events) {
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        threads = new ScheduledThreadPoolExecutor(Math.min(THREADS, Math.max(1, configs.size())), task -> {
            Thread made = new Thread(task, "uptime");
            made.setDaemon(true);
            return made;
        });
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        for (UptimeConfig each : configs) {
            checks.add(new Check(each, events));
        }
    }

    /**
     * A check that failed when an earlier run ended: its recovery will be told.
     *
     * @return false when there is no such check any more, or it has a result already
     */
    public boolean resume(String name, long sinceMillis, String trouble) {
        for (Check each : checks) {
            if (each.config.name().equals(name) && !each.state.checked()) {
                each.state = new State(each.config, false, trouble, sinceMillis, 0);
                return true;
            }
        }
        return false;
    }

    /** Begins to ask. */
    public void start() {
        for (Check check : checks) {
            threads.execute(check);
        }
    }

    /** All checks, in the order of the configuration. */
    public List<State> states() {
        return checks.stream().map(check -> check.state).toList();
    }

    private final class Check implements Runnable {
        private final UptimeConfig config;
        private final Event.Sink events;
        private volatile State state;
        private boolean doubtful;

        Check(UptimeConfig config, Event.Sink events) {
            this.config = config;
            this.events = events;
            this.state = new State(config, false, "", System.currentTimeMillis(), 0);
        }

        @Override
        public void run() {
            long start = System.nanoTime();
            Optional<String> trouble = ask();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            boolean confirm = trouble.isPresent() && state.good() && !doubtful;
            doubtful = confirm;
            if (!confirm) {
                note(trouble.orElse(""), seconds);
            }
            long pause = confirm ? CONFIRM_MILLIS : config.every().toMillis();
            if (!threads.isShutdown()) {
                threads.schedule(this, pause, TimeUnit.MILLISECONDS);
            }
        }

        private void note(String trouble, double seconds) {
            State before = state;
            long now = System.currentTimeMillis();
            boolean changed = trouble.isEmpty() != before.good();
            state = new State(config, true, trouble, changed ? now : before.sinceMillis(), seconds);
            if (changed) {
                events.happened(new Event(
                        trouble.isEmpty() ? Event.Kind.UPTIME_RECOVERED : Event.Kind.UPTIME_FAILED,
                        now,
                        "",
                        config.name(),
                        trouble.isEmpty() ? "answered in %.3f s".formatted(seconds) : trouble));
            }
        }

        /** Why it is not good, empty when it is. */
        private Optional<String> ask() {
            HttpRequest request = HttpRequest.newBuilder(config.url())
                    .header("User-Agent", "culprit-uptime")
                    .build();
            try {
                HttpResponse<String> response = Deadlined.text(client, request, config.timeout());
                int status = response.statusCode();
                if (status < config.lowestStatus() || status > config.highestStatus()) {
                    return Optional.of("%s answered %d".formatted(config.shown(), status));
                }
                return response.body().contains(config.contains())
                        ? Optional.empty()
                        : Optional.of(
                                "%s answered %d without \"%s\"".formatted(config.shown(), status, config.contains()));
            } catch (IOException e) {
                return Optional.of("%s: %s"
                        .formatted(
                                config.shown(),
                                e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("interrupted");
            }
        }
    }

    @Override
    public void collect(Samples samples) {
        for (State state : states()) {
            if (state.checked()) {
                samples.add(
                        Metric.UPTIME_UP, state.good() ? 1 : 0, state.config().name());
                samples.add(
                        Metric.UPTIME_DURATION, state.seconds(), state.config().name());
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
