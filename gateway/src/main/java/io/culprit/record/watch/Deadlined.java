package io.culprit.record.watch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are over when their time is, the response's body included: the JDK's own timeout ends with the head, and
 * whoever stalls after it would hold the thread for good. Stateless.
 */
public final class Deadlined {
    private static final int MOST_BODY = 64 * 1024;

    private Deadlined() {}

    /**
     * Status of the response, its body thrown away.
     *
     * @throws IOException when there was no whole response in time
     */
    public static int status(HttpClient client, HttpRequest request, Duration patience)
            throws IOException, InterruptedException {
        return within(client.sendAsync(request, HttpResponse.BodyHandlers.discarding()), patience)
                .statusCode();
    }

    /**
     * The response with as much of its body as is worth searching.
     *
     * @throws IOException when there was no whole response in time
     */
    static HttpResponse<String> text(HttpClient client, HttpRequest request, Duration patience)
            throws IOException, InterruptedException {
        return within(client.sendAsync(request, info -> new Beginning()), patience);
    }

    private static <T> T within(CompletableFuture<T> response, Duration patience)
            throws IOException, InterruptedException {
        try {
            return response.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new IOException("no complete answer within " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    /** Takes the first bytes of a body and lets the rest go. */
    private static final class Beginning implements BodySubscriber<String> {
        private final CompletableFuture<String> body = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            newSubscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> items) {
            for (ByteBuffer each : items) {
                byte[] more = new byte[Math.min(each.remaining(), MOST_BODY - bytes.size())];
                each.get(more);
                bytes.writeBytes(more);
            }
            if (bytes.size() == MOST_BODY) {
                Objects.requireNonNull(subscription).cancel();
                onComplete();
            }
        }

        @Override
        public void onError(Throwable trouble) {
            body.completeExceptionally(trouble);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toString(StandardCharsets.UTF_8));
        }
    }
}
