package io.culprit.record.alert;

import io.culprit.config.record.AlertConfig.Webhook;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import io.culprit.record.watch.Deadlined;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends alerts, each to every webhook; a webhook has a thread of its own, so that none waits for another. What fails for a reason that may pass (no connection, 429,
 * 5xx) is tried again with growing pauses for about ten minutes; the order of one webhook's alerts is kept only while
 * all goes well, which is why every message says since when and carries a key.
 */
public final class Webhooks implements AutoCloseable, MetricSource {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;
    private static final int TRIES = 16;
    private static final int MOST_WAITING = 1_000;

    private final List<Webhook> webhooks;
    private final String instance;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final Map<Webhook, ScheduledThreadPoolExecutor> threads = new LinkedHashMap<>();
    private final Map<Webhook, AtomicInteger> waiting = new HashMap<>();
    private final Map<String, Map<String, AtomicLong>> results = new ConcurrentSkipListMap<>();

    /**
     * @param instance what this gateway is called in messages
     */
    public Webhooks(List<Webhook> webhooks, String instance) {
        this.webhooks = webhooks;
        this.instance = instance;
        for (Webhook each : webhooks) {
            ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
                Thread made = new Thread(task, "alerts");
                made.setDaemon(true);
                return made;
            });
            thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            thread.prestartAllCoreThreads(); // an alert may be about threads that have run out
            threads.put(each, thread);
            waiting.put(each, new AtomicInteger());
        }
    }

    private AtomicInteger waiting(Webhook webhook) {
        return Objects.requireNonNull(waiting.get(webhook));
    }

    private ScheduledThreadPoolExecutor thread(Webhook webhook) {
        return Objects.requireNonNull(threads.get(webhook));
    }

    /** Sends the alert to every webhook, soon; any thread may call. */
    public void send(Alert alert) {
        LOG.warn("alert {} {}: {}", alert.rule(), alert.status().id(), alert.summary());
        for (Webhook webhook : webhooks) {
            if (waiting(webhook).incrementAndGet() > MOST_WAITING) {
                waiting(webhook).decrementAndGet();
                count(webhook, "given_up");
                LOG.error("webhook {} is too far behind, alert {} is not sent", webhook.name(), alert.rule());
            } else {
                thread(webhook).execute(() -> attempt(webhook, alert, 1, FIRST_PAUSE_MILLIS));
            }
        }
    }

    private void attempt(Webhook webhook, Alert alert, int number, long pauseMillis) {
        String trouble;
        boolean passing = true;
        try {
            int status = Deadlined.status(client, request(webhook, alert), PATIENCE);
            if (status / 100 == 2) {
                waiting(webhook).decrementAndGet();
                count(webhook, "sent");
                return;
            }
            trouble = "it answered " + status;
            passing = status == 429 || status >= 500;
        } catch (IOException | RuntimeException e) {
            trouble = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!passing || number == TRIES) {
            waiting(webhook).decrementAndGet();
            count(webhook, "given_up");
            LOG.error("webhook {} did not take alert {}, given up: {}", webhook.name(), alert.rule(), trouble);
            return;
        }
        count(webhook, "retried");
        LOG.warn(
                "webhook {} did not take alert {}, tried again in {} ms: {}",
                webhook.name(),
                alert.rule(),
                pauseMillis,
                trouble);
        long next = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
        try {
            thread(webhook)
                    .schedule(() -> attempt(webhook, alert, number + 1, next), pauseMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.warn("alert {} was not told to webhook {} before the end", alert.rule(), webhook.name());
        }
    }

    private HttpRequest request(Webhook webhook, Alert alert) {
        HttpRequest.Builder request = HttpRequest.newBuilder(webhook.url())
                .header("Content-Type", "application/json")
                .header("User-Agent", "culprit-alerts");
        webhook.headers().forEach(request::setHeader);
        return request.POST(HttpRequest.BodyPublishers.ofString(WebhookBody.of(webhook.format(), alert, instance)))
                .build();
    }

    private void count(Webhook webhook, String result) {
        results.computeIfAbsent(webhook.name(), n -> new ConcurrentSkipListMap<>())
                .computeIfAbsent(result, r -> new AtomicLong())
                .incrementAndGet();
    }

    @Override
    public void collect(Samples samples) {
        results.forEach((webhook, counts) ->
                counts.forEach((result, n) -> samples.add(Metric.ALERT_DELIVERIES, n.get(), webhook, result)));
    }

    /** Gives what is being sent a few seconds; what waits for another try is given up. */
    @Override
    public void close() {
        threads.values().forEach(ScheduledThreadPoolExecutor::shutdown);
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (ScheduledThreadPoolExecutor each : threads.values()) {
                if (!each.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    each.shutdownNow();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
