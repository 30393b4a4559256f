package io.culprit.config;

import java.time.Duration;

/**
 * Limits of a client's request ({@code limits:}).
 *
 * @param head bytes of the request head, 431 or the dialect's status beyond it
 * @param headers number of header lines
 * @param uri bytes of the request target, 414 beyond it
 * @param body bytes of the request body, 413 beyond it
 * @param headTimeout from the first byte of a request to the end of its head, 408 beyond it
 * @param bodyTimeout between two reads of a request body, 408 beyond it
 * @param sendTimeout between two successful writes of a response to the client
 * @param idle how long a client's kept connection may be idle before the gateway closes it
 * @param clientTimeout how long clients, or the balancer in front, are known to wait for an answer; zero when unknown.
 *     Nothing is cut off by it: {@link TimeoutBudget} compares the other timers with it
 * @param connections connections of clients at a time; 0: what the limit of open files leaves room for
 * @param memory bytes of heap, and as many of direct memory, that may be held for clients and upstreams; 0: a part of what
 *     the JVM has
 * @param clientShare percentage of that memory which one client address may hold; trusted proxies are not bounded
 * @param underscores what becomes of request headers with an underscore in their names
 */
public record Limits(
        int head,
        int headers,
        int uri,
        long body,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration sendTimeout,
        Duration idle,
        Duration clientTimeout,
        int connections,
        long memory,
        int clientShare,
        Underscores underscores) {
    /** CGI and WSGI make one variable of {@code X-A} and {@code X_A}, so that one can be sent to stand for the other. */
    public enum Underscores {
        /** The header is not passed on, as in nginx. */
        DROP,
        /** It is passed on. */
        PASS,
        /** The request is refused with 400. */
        REFUSE
    }
}
