package io.culprit.record.count;

import java.util.Locale;

/** What the time of a request at an upstream is made of: waiting for capacity, then the phases of each attempt. */
public enum Step {
    QUEUE,
    CONNECT,
    TLS,
    SEND,
    HEAD,
    BODY;

    /** The lower-case name that metrics use. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
