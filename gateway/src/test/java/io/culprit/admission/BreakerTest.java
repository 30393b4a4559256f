package io.culprit.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Event;
import io.culprit.failure.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final List<Event> events = new ArrayList<>();

    /** Half of four calls opens it. */
    private Breaker breaker(Duration openFor) {
        return new Breaker("app", 50, 10, 4, openFor, 1, events::add);
    }

    private static void call(Breaker breaker, boolean well) {
        assertEquals(Optional.empty(), breaker.ask());
        if (well) {
            breaker.succeeded(1_000);
        } else {
            breaker.failed(1_000);
        }
    }

    @Test
    void itOpensAtTheRateAndNotBefore() {
        Breaker breaker = breaker(Duration.ofHours(1));
        call(breaker, true);
        call(breaker, false);
        call(breaker, true);
        assertEquals("closed", breaker.state());
        call(breaker, false);
        assertEquals("open", breaker.state());
        Failure refusal = breaker.ask().orElseThrow();
        assertEquals(Cause.BREAKER_OPEN, refusal.cause());
        assertTrue(refusal.detail().startsWith("open since 20"), refusal.detail());
        assertTrue(
                refusal.detail().contains("when 50% of the calls had failed; probes go through 60 min after that"),
                refusal.detail());
        assertEquals(Event.Kind.BREAKER_OPENED, events.get(0).kind());
        assertTrue(events.get(0).detail().contains("50%"), events.toString());
    }

    @Test
    void aProbeThatGoesWellClosesItAndOneThatFailsOpensItAgain() throws Exception {
        Breaker breaker = breaker(Duration.ofMillis(1));
        for (int i = 0; i < 4; i++) {
            call(breaker, false);
        }
        Thread.sleep(5); // the time it stays open
        assertEquals(Optional.empty(), breaker.ask());
        assertEquals("half_open", breaker.state());
        Failure second = breaker.ask().orElseThrow();
        assertTrue(second.detail().contains("all probes are under way"), second.detail());
        breaker.succeeded(1_000);
        assertEquals("closed", breaker.state());
        assertEquals(
                List.of(Event.Kind.BREAKER_OPENED, Event.Kind.BREAKER_HALF_OPEN, Event.Kind.BREAKER_CLOSED),
                events.stream().map(Event::kind).toList());
    }

    /** A probe whose client left says nothing: another one may go. */
    @Test
    void anAbandonedProbeGivesItsPlaceBack() throws Exception {
        Breaker breaker = breaker(Duration.ofMillis(1));
        for (int i = 0; i < 4; i++) {
            call(breaker, false);
        }
        Thread.sleep(5); // the time it stays open
        assertEquals(Optional.empty(), breaker.ask());
        assertTrue(breaker.ask().isPresent());
        breaker.abandoned();
        assertEquals(Optional.empty(), breaker.ask());
        breaker.failed(1_000);
        assertEquals("open", breaker.state());
    }
}
