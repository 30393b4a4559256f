package io.culprit.record.alert;

/**
 * Something somebody shall know: that a rule began to fire, or that it no longer does.
 *
 * @param rule name of the rule
 * @param status firing or resolved
 * @param upstream the upstream it is about, empty where none is meant
 * @param subject the server, breaker or check it is about
 * @param sinceMillis when it began to fire
 * @param atMillis when this was said
 * @param summary what happened, one sentence
 */
public record Alert(
        String rule, Status status, String upstream, String subject, long sinceMillis, long atMillis, String summary) {
    /** Whether it began or ended. */
    public enum Status {
        FIRING,
        RESOLVED;

        /** The lower-case word that webhooks get. */
        public String id() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The same for both ends of one trouble, so that a receiver can put them together. */
    public String key() {
        return rule + "/" + upstream + "/" + subject;
    }
}
