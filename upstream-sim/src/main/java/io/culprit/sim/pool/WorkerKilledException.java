package io.culprit.sim.pool;

/** The worker is dead: its thread unwinds, nothing more is sent or reported. */
public final class WorkerKilledException extends RuntimeException {
    public WorkerKilledException() {
        super("killed", null, false, false);
    }
}
