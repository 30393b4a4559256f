package io.culprit.sim.script.steps;

import io.culprit.sim.pool.Signal;
import io.culprit.sim.pool.WorkerKilledException;
import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;

/** The worker dies in the middle of the script (facts: B10, B11). */
public record Crash(Signal signal) implements Step {
    @Override
    public void run(Php php) {
        php.worker().kill(signal);
        throw new WorkerKilledException();
    }
}
