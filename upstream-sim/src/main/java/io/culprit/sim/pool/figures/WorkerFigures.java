package io.culprit.sim.pool.figures;

/** One worker's figures at one moment, as the status page's {@code full} shows them. */
public record WorkerFigures(
        int pid,
        String state,
        long startedMillis,
        long requests,
        long durationMicros,
        String method,
        String uri,
        long contentLength,
        String user,
        String script,
        double cpuPercent,
        long memory) {}
