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
        Duration clientTimeout) {}
