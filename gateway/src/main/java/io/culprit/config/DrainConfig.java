package io.culprit.config;

import java.time.Duration;

/**
 * How the gateway ends when it is told to.
 *
 * @param delay from the time readiness says no until no client is accepted any more: for load balancers to notice
 * @param idle how long a connection waits for its next request, which is answered and ends it; who waits longer is closed
 * @param timeout how long running requests may take from then on
 */
public record DrainConfig(Duration delay, Duration idle, Duration timeout) {}
