package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Prints a text. */
public record Echo(String text) implements Step {
    @Override
    public void run(Php php) throws IOException {
        php.echo(text.getBytes(StandardCharsets.UTF_8));
    }
}
