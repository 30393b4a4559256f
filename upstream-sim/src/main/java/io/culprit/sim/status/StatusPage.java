package io.culprit.sim.status;

import io.culprit.sim.pool.Pool;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.pool.Worker;
import io.culprit.sim.pool.figures.WorkerFigures;
import io.culprit.sim.protocol.ScriptRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * FPM's own pages, {@code pm.status_path} and {@code ping.path}: chosen by SCRIPT_NAME alone, in the format the query
 * asks for (measured: html before xml before json before openmetrics, text otherwise). Stateless.
 */
public final class StatusPage {
    private static final String EXPIRES = "Expires: Thu, 01 Jan 1970 00:00:00 GMT";
    private static final String NO_CACHE = "Cache-Control: no-cache, no-store, must-revalidate, max-age=0";
    private static final String TEXT = "Content-type: text/plain;charset=UTF-8";

    private StatusPage() {}

    /** Headers and body of one of these pages. */
    public record Answer(List<String> headers, byte[] body) {}

    /** Empty when the request is for a script. */
    public static Optional<Answer> answer(Pool pool, ScriptRequest request) {
        PoolConfig config = pool.config();
        boolean mayBe = !request.scriptFile().isEmpty();
        if (mayBe && !config.pingPath().isEmpty() && request.scriptName().equals(config.pingPath())) {
            return Optional.of(new Answer(List.of(TEXT, EXPIRES, NO_CACHE), bytes(config.pingResponse())));
        }
        if (!mayBe || config.statusPath().isEmpty() || !request.scriptName().equals(config.statusPath())) {
            return Optional.empty();
        }
        if (request.method().equals("HEAD")) {
            return Optional.of(new Answer(List.of(EXPIRES, NO_CACHE), new byte[0]));
        }
        Format format = Format.of(request.queryString());
        List<WorkerFigures> workers = new ArrayList<>();
        if (has(request.queryString(), "full")) {
            pool.workers().stream().map(Worker::report).forEach(workers::add);
        }
        String body = format.render(pool.figures(), workers, System.currentTimeMillis());
        return Optional.of(new Answer(List.of(EXPIRES, NO_CACHE, format.contentType()), bytes(body)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A key counts between {@code &}s, with or without a value. */
    static boolean has(String query, String key) {
        for (String pair : query.split("&")) {
            if (pair.equals(key) || pair.startsWith(key + "=")) {
                return true;
            }
        }
        return false;
    }
}
