package io.culprit.sim.script.steps;

import io.culprit.sim.pool.WorkerKilledException;
import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import io.culprit.sim.script.Steps;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks another URL and waits for the answer: the loopback request that deadlocks a small pool, WordPress's cron.
 *
 * @param url absolute, or a path of the pool's own site
 * @param timeout how long the script waits, empty for as long as it takes
 */
public record Call(String url, Optional<Duration> timeout) implements Step {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public static Call of(String text) {
        int comma = text.lastIndexOf(',');
        String url = comma < 0 ? text : text.substring(0, comma).trim();
        if (!url.startsWith("/") && !url.startsWith("http://")) {
            throw new IllegalArgumentException("\"" + url + "\": a path or an http:// URL was expected");
        }
        return new Call(
                url,
                comma < 0
                        ? Optional.empty()
                        : Optional.of(Steps.duration(text.substring(comma + 1).trim())));
    }

    @Override
    public void run(Php php) throws IOException {
        String site = php.pool().config().site();
        String target = url.startsWith("/") ? site + url : url;
        if (target.startsWith("/")) {
            php.fatal("the pool's \"site\" is not set, so \"" + url + "\" cannot be called");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target));
        timeout.ifPresent(request::timeout);
        String outcome;
        try {
            outcome = Integer.toString(CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode());
        } catch (InterruptedException e) {
            throw new WorkerKilledException();
        } catch (IOException e) {
            outcome = e.getClass().getSimpleName();
        }
        if (php.worker().killed()) {
            throw new WorkerKilledException();
        }
        new Echo("call " + url + ": " + outcome + "\n").run(php);
    }
}
