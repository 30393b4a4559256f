package io.culprit.failure;

/**
 * Where in the life of one request a failure happened. The order of the constants is the order in which the phases
 * happen: {@link #ADMIT} and {@link #RESOLVE} once per request, the others once per {@link Attempt}.
 */
public enum Phase {
    /** Routing, limits of the client's request, capacity, queue and circuit breaker: nothing was sent yet. */
    ADMIT,
    /** Name of the upstream to addresses. */
    RESOLVE,
    /** {@code connect()} until the kernel says the connection stands. */
    CONNECT,
    /** TLS handshake with the upstream. */
    TLS,
    /** The request, from its first byte to its last. */
    SEND,
    /** From the request fully sent to the response head complete. */
    HEAD,
    /** The response body and its trailers. */
    BODY,
    /** Bytes both ways after a switch of protocols, until one side ends it. */
    TUNNEL;

    private final String id = name().toLowerCase(java.util.Locale.ROOT);

    /** The lower-case name that logs, metrics and pages use. */
    public String id() {
        return id;
    }
}
