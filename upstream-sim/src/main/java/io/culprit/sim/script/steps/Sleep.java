package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import java.time.Duration;

/**
 * Waits without using the CPU.
 *
 * @param interruptible whether a SIGQUIT ends it early, as it does PHP's own sleeps (facts: B19)
 */
public record Sleep(Duration duration, boolean interruptible) implements Step {
    @Override
    public void run(Php php) {
        php.worker().pause(duration.toNanos(), interruptible);
    }
}
