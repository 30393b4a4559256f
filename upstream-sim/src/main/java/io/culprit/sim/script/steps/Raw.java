package io.culprit.sim.script.steps;

import io.culprit.sim.fault.FastCgiFaults;
import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import java.io.IOException;

/** A response that breaks FastCGI's rules, byte for byte. */
public record Raw(String name) implements Step {
    public Raw {
        if (!FastCgiFaults.names().contains(name)) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is none of " + String.join(" ", FastCgiFaults.names()));
        }
    }

    @Override
    public void run(Php php) throws IOException {
        FastCgiFaults.play(name, php.worker());
        php.rawSent();
    }
}
