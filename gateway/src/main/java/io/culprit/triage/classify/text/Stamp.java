package io.culprit.triage.classify.text;

/**
 * A time read from a line.
 *
 * @param micros see {@link Clock}
 * @param clock what the microseconds count from
 * @param end index behind the time's last character
 */
public record Stamp(long micros, Clock clock, int end) {
    public static final Stamp NONE = new Stamp(0, Clock.NONE, 0);

    public boolean exists() {
        return clock != Clock.NONE;
    }
}
