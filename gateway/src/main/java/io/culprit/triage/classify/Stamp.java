package io.culprit.triage.classify;

/**
 * A time read from a line.
 *
 * @param micros see {@link Clock}
 * @param clock what the microseconds count from
 * @param end index behind the time's last character
 */
record Stamp(long micros, Clock clock, int end) {
    static final Stamp NONE = new Stamp(0, Clock.NONE, 0);

    boolean exists() {
        return clock != Clock.NONE;
    }
}
