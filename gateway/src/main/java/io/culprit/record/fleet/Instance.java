package io.culprit.record.fleet;

/**
 * A gateway as the journal knows it, by its last run.
 *
 * @param name what it is called
 * @param version of its program
 * @param startedMillis when the run began
 * @param seenMillis when it was heard of last
 */
public record Instance(String name, String version, State state, long startedMillis, long seenMillis) {
    /** Whether it reports. */
    public enum State {
        REPORTING,
        /** It should, and does not: it hangs, it was killed, or it does not reach the journal. */
        SILENT,
        /** It has said farewell. */
        STOPPED;

        private final String id = name().toLowerCase(java.util.Locale.ROOT);

        /** The lower-case name that pages use. */
        public String id() {
            return id;
        }
    }
}
