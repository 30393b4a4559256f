package io.culprit.sim.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.Pool;
import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.Signal;
import io.culprit.sim.pool.Worker;
import io.culprit.sim.pool.figures.WorkerFigures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * The simulated FPM by HTTP: {@code GET /fpm} shows pools and workers, {@code POST /fpm/signal?reload} sends the master a
 * signal (reload, quit, term, kill or any name or number), {@code POST /fpm/workers/PID?segfault} sends one to a worker.
 */
final class FpmControl {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String WORKERS = "/fpm/workers/";

    private final Master master;

    FpmControl(Master master) {
        this.master = master;
    }

    /**
     * @param query possibly null
     * @throws IllegalArgumentException when there is no such thing; answered with 400
     */
    byte[] handle(String method, String path, String query) throws IOException {
        if (path.equals("/fpm") && method.equals("GET")) {
            return state();
        }
        if (path.equals("/fpm/signal") && method.equals("POST")) {
            master.signal(signal(query));
            return state();
        }
        if (path.startsWith(WORKERS) && method.equals("POST")) {
            send(path.substring(WORKERS.length()), signal(query));
            return state();
        }
        throw new IllegalArgumentException("GET /fpm, POST /fpm/signal?NAME, POST /fpm/workers/PID?NAME");
    }

    private static Signal signal(String query) {
        return Signal.parse(query == null ? "" : query)
                .orElseThrow(() -> new IllegalArgumentException("\"" + query
                        + "\" is no signal; reload, quit, term, kill, segfault or a name such as SIGABRT"));
    }

    private void send(String pid, Signal signal) {
        for (Pool pool : master.pools()) {
            for (Worker worker : pool.workers()) {
                if (Integer.toString(worker.pid()).equals(pid)) {
                    if (signal == Signal.QUIT) {
                        worker.quit();
                    } else {
                        worker.kill(signal);
                    }
                    return;
                }
            }
        }
        throw new IllegalArgumentException("there is no worker " + pid);
    }

    private byte[] state() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("pid", master.pid());
            json.writeBooleanField("alive", master.alive());
            json.writeArrayFieldStart("pools");
            for (Pool pool : master.pools()) {
                PoolFigures p = pool.figures();
                json.writeStartObject();
                json.writeStringField("pool", p.pool());
                json.writeStringField("listen", pool.config().listen());
                json.writeNumberField("active", p.active());
                json.writeNumberField("idle", p.idle());
                json.writeNumberField("max_children_reached", p.maxChildrenReached());
                json.writeNumberField("memory", p.memoryBytes());
                json.writeNumberField("oom_kills", p.oomKills());
                json.writeArrayFieldStart("workers");
                for (Worker each : pool.workers()) {
                    WorkerFigures w = each.report();
                    json.writeStartObject();
                    json.writeNumberField("pid", w.pid());
                    json.writeStringField("state", w.state());
                    json.writeStringField("uri", w.uri());
                    json.writeNumberField("requests", w.requests());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
