package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import io.culprit.sim.script.Steps;
import java.io.IOException;
import java.time.Duration;

/** Output in pieces with a flush and a pause after each. */
public record Drip(int size, Duration pause, int times) implements Step {
    public static Drip of(String text) {
        String[] part = text.split(",");
        if (part.length != 3) {
            throw new IllegalArgumentException("\"" + text + "\": SIZE,PAUSE,TIMES was expected, such as 1k,200ms,10");
        }
        return new Drip((int) Steps.size(part[0].trim()), Steps.duration(part[1].trim()), (int)
                Steps.number(part[2].trim(), 1, 1_000_000));
    }

    @Override
    public void run(Php php) throws IOException {
        for (int i = 0; i < times; i++) {
            new Out(size).run(php);
            php.flush();
            php.worker().pause(pause.toNanos(), true);
        }
    }
}
