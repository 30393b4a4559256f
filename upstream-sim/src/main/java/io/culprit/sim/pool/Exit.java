package io.culprit.sim.pool;

/**
 * How a worker ended.
 *
 * @param signal number of the signal, 0 for none
 * @param words as FPM's log says it
 */
record Exit(int signal, String words) {
    static Exit withCode(int code) {
        return new Exit(0, "with code " + code);
    }

    static Exit by(Signal signal) {
        return new Exit(signal.number(), "on signal %d (%s)".formatted(signal.number(), signal.title()));
    }
}
