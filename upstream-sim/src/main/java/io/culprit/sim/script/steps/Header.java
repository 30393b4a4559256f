package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;

/** Adds a header line. */
public record Header(String line) implements Step {
    public Header {
        if (line.indexOf(':') < 1 || line.chars().anyMatch(c -> c == '\r' || c == '\n')) {
            throw new IllegalArgumentException("\"" + line + "\": NAME:VALUE was expected");
        }
    }

    @Override
    public void run(Php php) {
        php.header(line);
    }
}
