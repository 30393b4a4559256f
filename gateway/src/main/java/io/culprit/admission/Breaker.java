package io.culprit.admission;

import io.culprit.failure.Cause;
import io.culprit.failure.Event;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One upstream's circuit breaker. Thread-safe; every permission taken must be reported back exactly once. */
public final class Breaker {
    /** Why a breaker does not need to know more than that a call failed. */
    private static final Throwable FAILED = new Throwable("upstream failure", null, false, false) {};

    private final CircuitBreaker breaker;
    private final String name;
    private final Event.Sink events;
    private final Duration openFor;
    private volatile Instant openSince = Instant.EPOCH;
    private volatile float openedAtRate;

    /**
     * @param failureRate percentage that opens it
     * @param window calls looked at
     * @param minimumCalls calls before the rate counts
     * @param openFor how long it stays open
     * @param halfOpenCalls probes let through afterwards
     * @param events told when it opens and closes
     */
    public Breaker(
            String name,
            int failureRate,
            int window,
            int minimumCalls,
            Duration openFor,
            int halfOpenCalls,
            Event.Sink events) {
        this.name = name;
        this.events = events;
        this.openFor = openFor;
        breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(failureRate)
                        .slidingWindow(window, minimumCalls, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .waitDurationInOpenState(openFor)
                        .permittedNumberOfCallsInHalfOpenState(halfOpenCalls)
                        .build());
        breaker.getEventPublisher().onFailureRateExceeded(event -> openedAtRate = event.getFailureRate());
        breaker.getEventPublisher()
                .onStateTransition(event -> changed(event.getStateTransition().getToState()));
    }

    private void changed(CircuitBreaker.State state) {
        switch (state) {
            case OPEN -> {
                openSince = Instant.now();
                tell(Event.Kind.BREAKER_OPENED, "%.0f%% of the calls had failed".formatted(openedAtRate));
            }
            case HALF_OPEN -> tell(Event.Kind.BREAKER_HALF_OPEN, "probes are let through");
            case CLOSED -> tell(Event.Kind.BREAKER_CLOSED, "the probes went well");
            default -> {} // states nobody here puts it into
        }
    }

    private void tell(Event.Kind kind, String why) {
        events.happened(Event.now(kind, name, name, why));
    }

    /** Asks for permission; empty when granted, else why not. */
    public Optional<Failure> ask() {
        if (breaker.tryAcquirePermission()) {
            return Optional.empty();
        }
        Instant since = openSince;
        boolean open = breaker.getState() == CircuitBreaker.State.OPEN;
        return Optional.of(Failure.of(
                Cause.BREAKER_OPEN,
                open
                        ? "open since %s, when %.0f%% of the calls had failed; probes go through %s after that"
                                .formatted(since, openedAtRate, Text.duration(openFor.toNanos()))
                        : "half open since %s: all probes are under way".formatted(since)));
    }

    /** The call went well. */
    public void succeeded(long durationNanos) {
        breaker.onSuccess(durationNanos, TimeUnit.NANOSECONDS);
    }

    /** The call failed. */
    public void failed(long durationNanos) {
        breaker.onError(durationNanos, TimeUnit.NANOSECONDS, FAILED);
    }

    /** The call ended in a way that says nothing about the upstream. */
    public void abandoned() {
        breaker.releasePermission();
    }

    /** {@code closed}, {@code open} or {@code half_open}. */
    public String state() {
        return breaker.getState().name().toLowerCase(java.util.Locale.ROOT);
    }
}
