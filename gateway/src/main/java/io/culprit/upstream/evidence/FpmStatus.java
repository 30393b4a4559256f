package io.culprit.upstream.evidence;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A pool's figures as its status page gives them (facts: fpm-status).
 *
 * @param pool name of the pool
 * @param processManager static, dynamic or ondemand
 * @param startSince seconds since FPM started or was reloaded
 * @param active workers with a request, this question's own included
 * @param idle workers without one
 * @param total workers
 * @param listenQueue connections waiting to be accepted; always 0 on unix sockets
 * @param listenQueueLength what fits the queue; always 0 on unix sockets
 * @param maxChildrenReached how often the pool wanted more workers than it may have
 * @param slowRequests requests beyond request_slowlog_timeout
 */
public record FpmStatus(
        String pool,
        String processManager,
        long startSince,
        long active,
        long idle,
        long total,
        long listenQueue,
        long listenQueueLength,
        long maxChildrenReached,
        long slowRequests) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Reads the page's JSON form; empty when it is something else. */
    public static Optional<FpmStatus> parse(byte[] body) {
        Map<String, Long> figures = new HashMap<>();
        Map<String, String> texts = new HashMap<>();
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value == JsonToken.VALUE_NUMBER_INT) {
                    figures.put(name, json.getLongValue());
                } else if (value == JsonToken.VALUE_STRING) {
                    texts.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
        } catch (JacksonException e) {
            return Optional.empty(); // not JSON: some other page answers at this path
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
        if (!texts.containsKey("process manager") || !figures.containsKey("total processes")) {
            return Optional.empty();
        }
        return Optional.of(new FpmStatus(
                texts.getOrDefault("pool", ""),
                texts.get("process manager"),
                figures.getOrDefault("start since", -1L),
                figures.getOrDefault("active processes", 0L),
                figures.getOrDefault("idle processes", 0L),
                figures.get("total processes"),
                figures.getOrDefault("listen queue", 0L),
                figures.getOrDefault("listen queue len", 0L),
                figures.getOrDefault("max children reached", 0L),
                figures.getOrDefault("slow requests", 0L)));
    }

    /** The same without the worker that answered this very question. */
    public FpmStatus withoutThisQuestion() {
        return new FpmStatus(
                pool,
                processManager,
                startSince,
                Math.max(0, active - 1),
                idle + Math.min(1, active),
                total,
                listenQueue,
                listenQueueLength,
                maxChildrenReached,
                slowRequests);
    }

    /** All figures in one line. */
    public String line() {
        return ("pool %s, pm %s, %d active, %d idle, %d total, listen queue %d of %d, max children reached %d,"
                        + " slow requests %d, started %d s ago")
                .formatted(
                        pool,
                        processManager,
                        active,
                        idle,
                        total,
                        listenQueue,
                        listenQueueLength,
                        maxChildrenReached,
                        slowRequests,
                        startSince);
    }
}
