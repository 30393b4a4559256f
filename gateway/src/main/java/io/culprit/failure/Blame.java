package io.culprit.failure;

/** Whose fault a {@link Cause} is, in the plain sense of who has to act to make it go away. */
public enum Blame {
    /** Whoever sent the request. */
    CLIENT,
    /** This gateway or the machine it runs on: limits, configuration, resources. */
    GATEWAY,
    /** What lies between gateway and upstream: routes, firewalls, name servers. */
    NETWORK,
    /** The server behind the gateway. */
    UPSTREAM,
    /** The machine: its memory, its disk. Of a {@link Condition} only. */
    MACHINE,
    /** Whoever wrote a configuration. Of a {@link Condition} only. */
    CONFIG,
    /** Whoever ordered a restart or a new version. Of a {@link Condition} only. */
    DEPLOY,
    /** Nobody has to act. Of a {@link Condition} only. */
    NONE;

    private final String id = name().toLowerCase(java.util.Locale.ROOT);

    /** The lower-case name that logs, metrics and pages use. */
    public String id() {
        return id;
    }
}
