package io.culprit.bench.rehearse;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The clients of a play: send requests when they are due, whatever became of earlier ones. Thread-safe. */
final class TimedClients implements AutoCloseable {
    private static final Pattern CAUSE = Pattern.compile("cause=\"([^\"]+)\"");
    private static final Pattern FINDING = Pattern.compile("(?m)^finding: +(.*)$");

    private final URI base;
    private long startNanos;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1, task -> {
        Thread thread = new Thread(task, "rehearse-clients");
        thread.setDaemon(true);
        return thread;
    });
    private final ConcurrentLinkedQueue<CompletableFuture<Answer>> pending = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Answer> done = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();

    TimedClients(URI base) {
        this.base = base;
    }

    /** The play begins now. */
    long begin() {
        startNanos = System.nanoTime();
        return startNanos;
    }

    /** Loads what a first request loads, which takes a cold JVM longer than some timelines allow; nobody is asked. */
    void warmUp() throws InterruptedException {
        try {
            client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:1/")).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return; // refused, as it was meant to be
        }
    }

    void send(Action.Send action) {
        long step = action.over().toNanos() / action.count();
        for (int i = 0; i < action.count(); i++) {
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            pending.add(answer);
            if (step == 0) {
                ask(action, answer);
            } else {
                clock.schedule(() -> ask(action, answer), i * step, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void ask(Action.Send action, CompletableFuture<Answer> answer) {
        sent.incrementAndGet();
        long at = System.nanoTime() - startNanos;
        HttpRequest.BodyPublisher body = action.bodyBytes() == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(new byte[action.bodyBytes()]);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(action.path())).method(action.method(), body);
        action.patience().ifPresent(request::timeout);
        client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).whenComplete((response, failure) -> {
            long over = System.nanoTime() - startNanos;
            Answer given = failure == null
                    ? new Answer(at, over, label(response), finding(response))
                    : new Answer(at, over, label(failure), "");
            done.add(given);
            answer.complete(given);
        });
    }

    private static String label(HttpResponse<String> response) {
        String status = Integer.toString(response.statusCode());
        for (String member : response.headers().allValues("Proxy-Status")) {
            Matcher cause = CAUSE.matcher(member);
            if (cause.find()) {
                return status + " " + cause.group(1);
            }
        }
        return status;
    }

    private static String finding(HttpResponse<String> response) {
        Matcher matcher = FINDING.matcher(response.body());
        return matcher.find() ? matcher.group(1) : "";
    }

    /** Only the gateway knows why a response broke off; a client sees that it did. */
    private static String label(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ConnectException) {
            return "refused"; // nobody listens where the gateway should be
        }
        return cause instanceof HttpTimeoutException
                ? "gave up"
                : cause instanceof IOException ? "torn" : String.valueOf(cause);
    }

    int sent() {
        return sent.get();
    }

    /** Answers so far, in the order in which they came. */
    List<Answer> answers() {
        return List.copyOf(done);
    }

    /**
     * Waits for every answer.
     *
     * @return false when some did not come in time
     */
    boolean await(Duration longest) throws InterruptedException {
        try {
            CompletableFuture.allOf(pending.toArray(new CompletableFuture<?>[0]))
                    .get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
