package io.culprit.record.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Event;
import io.culprit.record.Outcomes;
import io.culprit.record.count.Counters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private final Counters counters = new Counters(1);
    private final RecentCounts pulse = new RecentCounts();
    private final List<Event> events = new ArrayList<>();
    private final Unobserved unobserved = new Unobserved();
    private final Outages outages = new Outages(List.of("app"), events::add, unobserved);
    private long now = 1_000_000_000L;

    private void second(int failed, Cause cause, int well) {
        for (int i = 0; i < failed; i++) {
            counters.count(0, Outcomes.failed(cause, now));
        }
        for (int i = 0; i < well; i++) {
            counters.count(0, Outcomes.well(now));
        }
        now += 1000;
        pulse.tick(counters.series(), now);
        outages.tick(pulse, now);
    }

    @Test
    void beginsWhenMostRequestsFailAndEndsWhenMostGoWell() {
        second(0, Cause.HEAD_RESET, 5);
        second(10, Cause.HEAD_RESET, 0);
        assertEquals(1, outages.open().size());
        assertEquals(Event.Kind.OUTAGE_STARTED, events.get(0).kind());
        assertTrue(events.get(0).detail().contains("head.reset"));
        for (int i = 0; i < 12; i++) {
            second(0, Cause.HEAD_RESET, 5);
        }
        assertEquals(0, outages.open().size());
        assertEquals(Event.Kind.OUTAGE_ENDED, events.get(1).kind());
    }

    /** What went well before the failures is in the window still, and brings nobody back. */
    @Test
    void successesFromBeforeDoNotEndIt() {
        second(0, Cause.CONNECT_REFUSED, 20);
        second(5, Cause.CONNECT_REFUSED, 0);
        assertEquals(1, outages.open().size());
        for (int i = 0; i < 3; i++) {
            second(0, Cause.CONNECT_REFUSED, 0);
        }
        assertEquals(1, outages.open().size(), "nobody has asked since");
        second(5, Cause.CONNECT_REFUSED, 0);
        assertEquals(1, events.size(), events.toString());
        for (int i = 0; i < 12; i++) {
            second(0, Cause.CONNECT_REFUSED, 5);
        }
        assertEquals(0, outages.open().size());
    }

    @Test
    void goesOnWhileNobodyAsks() {
        second(5, Cause.HEAD_RESET, 0);
        for (int i = 0; i < 100; i++) {
            second(0, Cause.HEAD_RESET, 0);
        }
        assertEquals(1, outages.open().size());
        assertEquals(1, events.size());
    }

    @Test
    void theRootCauseStaysNamedOnceTheBreakerIsOpen() {
        second(5, Cause.CONNECT_REFUSED, 0);
        for (int i = 0; i < 15; i++) {
            second(5, Cause.BREAKER_OPEN, 0);
        }
        String verdict = outages.open().get("app").verdict();
        assertTrue(verdict.contains("breaker.open, which followed connect.refused"), verdict);
    }

    @Test
    void clientsThatLeaveAreNoOutage() {
        second(50, Cause.CLIENT_CLOSED, 0);
        second(50, Cause.CLIENT_BAD_REQUEST, 0);
        assertEquals(0, outages.open().size());
    }

    @Test
    void anOutageOfTheRunBeforeGoesOnWithItsOwnBeginning() {
        outages.resume("app", now - 3_600_000, "before");
        outages.resume("gone", now, "no such upstream any more");
        second(5, Cause.HEAD_RESET, 0);
        assertEquals(now - 1000 - 3_600_000, outages.open().get("app").sinceMillis());
        assertEquals(1, outages.open().size());
        assertEquals(0, events.size());
    }

    @Test
    void fewRequestsThatAllFailAreAnOutageToo() {
        second(0, Cause.HEAD_RESET, 1);
        for (int i = 0; i < 3; i++) {
            for (int quiet = 0; quiet < 20; quiet++) {
                second(0, Cause.HEAD_RESET, 0);
            }
            second(1, Cause.CONNECT_REFUSED, 0);
        }
        assertEquals(1, outages.open().size());
        assertTrue(
                outages.open().get("app").verdict().startsWith("3 requests in a row failed within 42 s"),
                outages.open().get("app").verdict());
        second(0, Cause.HEAD_RESET, 2);
        assertEquals(0, outages.open().size());
    }

    @Test
    void aSuccessBetweenRareFailuresIsNoOutage() {
        for (int i = 0; i < 10; i++) {
            for (int quiet = 0; quiet < 15; quiet++) {
                second(0, Cause.HEAD_RESET, 0);
            }
            second(2, Cause.CONNECT_REFUSED, 0);
            second(0, Cause.CONNECT_REFUSED, 1);
        }
        assertEquals(0, outages.open().size());
    }

    @Test
    void timeWithoutAGatewayIsNotPartOfAnOutage() {
        long began = now - 3_600_000;
        unobserved.note(List.of(new Unobserved.Gap(began + 60_000, now)));
        outages.resume("app", began, "before");
        assertTrue(outages.open().get("app").unconfirmed(), "nobody has asked since");
        second(5, Cause.HEAD_RESET, 0);
        assertEquals(false, outages.open().get("app").unconfirmed());
        second(0, Cause.HEAD_RESET, 20);
        String ended = events.get(events.size() - 1).detail();
        assertTrue(
                ended.matches("it lasted 6[0-9]\\.[0-9]+ s, and 59 min in which no gateway ran were not observed"),
                ended);
    }
}
