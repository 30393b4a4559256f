package io.culprit.sim.fault;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long an answer takes: {@code 100ms}, {@code uniform(50ms,200ms)}, {@code exponential(100ms)} or {@code
 * normal(100ms,20ms)}. Stateless.
 */
public final class Delay {
    private static final Pattern SHAPE = Pattern.compile("([a-z]+)\\(([^,)]+)(?:,([^)]+))?\\)");

    private Delay() {}

    /**
     * Draws one delay in milliseconds.
     *
     * @throws IllegalArgumentException when the text is none of the forms
     */
    public static long draw(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Spec.millis("delay", text);
        }
        long first = Spec.millis("delay", matcher.group(2).trim());
        long second = matcher.group(3) == null
                ? 0
                : Spec.millis("delay", matcher.group(3).trim());
        ThreadLocalRandom random = ThreadLocalRandom.current();
        double drawn = switch (matcher.group(1)) {
            case "uniform" -> first + random.nextDouble() * Math.max(0, second - first);
            case "exponential" -> -first * Math.log(1 - random.nextDouble());
            case "normal" -> first + second * random.nextGaussian();
            default ->
                throw new IllegalArgumentException(
                        "delay=" + text + ": a duration, uniform, exponential or normal was expected");
        };
        return Math.max(0, Math.round(drawn));
    }
}
