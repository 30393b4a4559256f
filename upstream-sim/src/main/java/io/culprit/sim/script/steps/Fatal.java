package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import java.io.IOException;

/** PHP gives up: 500 while nothing was sent, a silently short 200 afterwards (facts: B04 to B06). */
public record Fatal(String message) implements Step {
    @Override
    public void run(Php php) throws IOException {
        php.fatal(message);
    }
}
