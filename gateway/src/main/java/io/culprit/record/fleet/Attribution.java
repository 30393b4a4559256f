package io.culprit.record.fleet;

/**
 * Whose a failure is, as far as several gateways together can tell.
 *
 * @param cause its id
 * @param upstream where it occurs
 * @param whose who should look
 * @param subject the server, the gateway or the upstream that it is
 * @param count failed attempts
 * @param sentence the same for a person, with the numbers
 */
public record Attribution(String cause, String upstream, Owner whose, String subject, long count, String sentence) {
    /** Whose it is. */
    public enum Owner {
        /** One server, from wherever it is asked. */
        SERVER,
        /** One gateway's machine or its network: the others see nothing of it. */
        GATEWAY,
        /** The way between one gateway and one server. */
        PATH,
        /** All of the upstream, for all gateways. */
        UPSTREAM,
        /** The numbers do not say. */
        UNCLEAR;

        private final String id = name().toLowerCase(java.util.Locale.ROOT);

        /** The lower-case name that pages use. */
        public String id() {
            return id;
        }
    }
}
