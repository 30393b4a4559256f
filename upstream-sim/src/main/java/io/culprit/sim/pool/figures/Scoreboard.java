package io.culprit.sim.pool.figures;

import io.culprit.sim.protocol.ScriptRequest;

/**
 * One worker's place on the scoreboard, as FPM calls it: where it is with its request and what the last ones were like.
 * Written by the worker's own thread, except for the slow log's mark; read by the process manager and the status page.
 */
public final class Scoreboard {
    private final long startedMillis = System.currentTimeMillis();
    private volatile RequestStage stage = RequestStage.IDLE;
    private volatile long acceptedNanos;
    private volatile long activityNanos = System.nanoTime();
    private volatile RequestFigures figures = RequestFigures.NONE;
    private volatile boolean slowLogged;
    private volatile long requests;
    private volatile long durationNanos;
    private volatile double cpuPercent;
    private volatile long requestMemory;

    /** What the status page says of the latest request. */
    public record RequestFigures(String method, String uri, long contentLength, String user, String script) {
        static final RequestFigures NONE = new RequestFigures("-", "-", 0, "-", "-");
    }

    /** A connection was accepted; whether a request comes on it is not known yet. */
    public void accepted() {
        acceptedNanos = System.nanoTime();
        slowLogged = false;
    }

    /** A request begins. */
    public void entered() {
        accepted();
        requests++;
        figures = RequestFigures.NONE;
        stage = RequestStage.READING_HEADERS;
    }

    /** The request's head was read. */
    public void read(ScriptRequest request) {
        stage = RequestStage.INFO;
        figures = new RequestFigures(
                dash(request.method()), dash(request.uri()), request.contentLength(), dash(request.user()), "-");
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** The script's file is known and exists. */
    public void running(String scriptFile) {
        RequestFigures now = figures;
        figures = new RequestFigures(now.method(), now.uri(), now.contentLength(), now.user(), scriptFile);
    }

    /** What the request used at its peak, as PHP counts, in bytes. */
    public void requestMemory(long bytes) {
        requestMemory = bytes;
    }

    /**
     * The script has run.
     *
     * @param cpuNanos CPU time it took
     */
    public void ending(long cpuNanos) {
        stage = RequestStage.ENDING;
        long duration = System.nanoTime() - acceptedNanos;
        durationNanos = duration;
        cpuPercent = duration == 0 ? 0 : 100.0 * cpuNanos / duration;
    }

    /** The request is over. */
    public void left() {
        activityNanos = System.nanoTime();
        stage = RequestStage.IDLE;
    }

    public RequestStage stage() {
        return stage;
    }

    public void stage(RequestStage now) {
        stage = now;
    }

    /** Requests begun so far. */
    public long requests() {
        return requests;
    }

    public long acceptedNanos() {
        return acceptedNanos;
    }

    public long activityNanos() {
        return activityNanos;
    }

    public RequestFigures figures() {
        return figures;
    }

    public boolean slowLogged() {
        return slowLogged;
    }

    public void slowLogged(boolean logged) {
        slowLogged = logged;
    }

    public WorkerFigures report(int pid) {
        boolean idle = stage == RequestStage.IDLE;
        long nanos = idle ? durationNanos : System.nanoTime() - acceptedNanos;
        RequestFigures now = figures;
        return new WorkerFigures(
                pid,
                stage.title(),
                startedMillis,
                requests,
                nanos / 1_000,
                now.method(),
                now.uri(),
                now.contentLength(),
                now.user(),
                now.script(),
                idle ? cpuPercent : 0,
                idle ? requestMemory : 0);
    }
}
