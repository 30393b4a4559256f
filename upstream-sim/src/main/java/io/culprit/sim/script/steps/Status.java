package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;

/** Sets the response's status. */
public record Status(int code) implements Step {
    @Override
    public void run(Php php) {
        php.status(code);
    }
}
