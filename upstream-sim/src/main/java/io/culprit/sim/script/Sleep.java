package io.culprit.sim.script;

import java.time.Duration;

/**
 * Waits without using the CPU.
 *
 * @param interruptible whether a SIGQUIT ends it early, as it does PHP's own sleeps (facts: B19)
 */
record Sleep(Duration duration, boolean interruptible) implements Step {
    @Override
    public void run(Php php) {
        php.worker().pause(duration.toNanos(), interruptible);
    }
}
