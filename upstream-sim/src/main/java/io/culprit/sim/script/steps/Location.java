package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;

/** A redirect. */
public record Location(String url) implements Step {
    @Override
    public void run(Php php) {
        php.status(302);
        php.header("Location: " + url);
    }
}
