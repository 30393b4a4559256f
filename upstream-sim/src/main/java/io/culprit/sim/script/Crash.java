package io.culprit.sim.script;

import io.culprit.sim.pool.Signal;
import io.culprit.sim.pool.WorkerKilledException;

/** The worker dies in the middle of the script (facts: B10, B11). */
record Crash(Signal signal) implements Step {
    @Override
    public void run(Php php) {
        php.worker().kill(signal);
        throw new WorkerKilledException();
    }
}
