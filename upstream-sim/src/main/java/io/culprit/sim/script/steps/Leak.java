package io.culprit.sim.script.steps;

import io.culprit.sim.pool.WorkerKilledException;
import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;

/** Memory that a worker keeps after the request; {@code pm.max_requests} is the cure. */
public record Leak(long bytes) implements Step {
    @Override
    public void run(Php php) {
        php.worker().leak(bytes);
        if (php.worker().killed()) {
            throw new WorkerKilledException();
        }
    }
}
