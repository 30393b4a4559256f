package io.culprit.sim.script;

import io.culprit.sim.pool.WorkerKilledException;

/** Memory that a worker keeps after the request; {@code pm.max_requests} is the cure. */
record Leak(long bytes) implements Step {
    @Override
    public void run(Php php) {
        php.worker().leak(bytes);
        if (php.worker().killed()) {
            throw new WorkerKilledException();
        }
    }
}
