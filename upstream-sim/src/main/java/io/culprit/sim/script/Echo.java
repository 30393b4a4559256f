package io.culprit.sim.script;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Prints a text. */
record Echo(String text) implements Step {
    @Override
    public void run(Php php) throws IOException {
        php.echo(text.getBytes(StandardCharsets.UTF_8));
    }
}
