package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdleHabitTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now;
    private final IdleHabit habit = new IdleHabit(() -> now);

    @Test
    void closesThatAgreeAreATimeoutAndTold() {
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.empty(), habit.timeoutNanos());
            habit.closedAfter(5 * SECOND + i * 1_000_000);
        }
        assertEquals(5 * SECOND + 1_000_000, habit.timeoutNanos().orElseThrow());
        assertEquals(
                "this upstream closes kept connections after 5.00 s; keepalive.idle is 60.00 s",
                habit.finding(60 * SECOND).orElseThrow());
        assertEquals(Optional.empty(), habit.finding(4 * SECOND), "ours are closed before that");
    }

    @Test
    void closesAtRandomAreNoTimeoutButAWarning() {
        for (int i = 1; i <= 8; i++) {
            habit.closedAfter(i * 10_000_000L);
        }
        assertEquals(Optional.empty(), habit.timeoutNanos());
        assertTrue(habit.safeNanos() < 10_000_000L, "a POST is not sent where others were closed");
    }

    @Test
    void aRestartIsForgottenSoon() {
        habit.closedAfter(1_000);
        assertTrue(habit.safeNanos() < 1_000);
        now += TimeUnit.MINUTES.toNanos(2);
        assertEquals(Long.MAX_VALUE, habit.safeNanos());
    }

    @Test
    void whatIsAnnouncedBoundsWhatIsKept() {
        habit.announced(5 * SECOND);
        assertEquals(5 * SECOND, habit.keptNanos(60 * SECOND));
        assertEquals(2 * SECOND, habit.keptNanos(2 * SECOND));
        assertEquals(4 * SECOND, habit.safeNanos());
    }

    @Test
    void whoHasSaidNothingAndClosedNothingIsTrusted() {
        assertEquals(Long.MAX_VALUE, habit.safeNanos());
        assertEquals(60 * SECOND, habit.keptNanos(60 * SECOND));
        assertEquals(Optional.empty(), habit.finding(60 * SECOND));
    }

    @Test
    void twoClosesAreNoHabitAndThreeMustAgreeWithinAFifth() {
        habit.closedAfter(1000);
        habit.closedAfter(1000);
        assertEquals(Optional.empty(), habit.timeoutNanos());
        habit.closedAfter(1200);
        assertEquals(Optional.of(1000L), habit.timeoutNanos());
        habit.closedAfter(999);
        assertEquals(Optional.empty(), habit.timeoutNanos(), "201 apart");
    }

    @Test
    void theOrderOfClosesIsNothing() {
        habit.closedAfter(1100);
        habit.closedAfter(1000);
        habit.closedAfter(1050);
        assertEquals(Optional.of(1050L), habit.timeoutNanos());
        habit.closedAfter(1010);
        assertEquals(Optional.of(1050L), habit.timeoutNanos());
    }

    @Test
    void theLatestSixteenClosesAreLookedAt() {
        habit.closedAfter(1);
        for (int i = 0; i < 15; i++) {
            habit.closedAfter(1000);
        }
        assertEquals(Optional.empty(), habit.timeoutNanos(), "the first is one of them");
        assertEquals(0, habit.safeNanos());
        habit.closedAfter(1000);
        assertEquals(Optional.of(1000L), habit.timeoutNanos());
        assertEquals(800, habit.safeNanos());
        for (int i = 0; i < 40; i++) {
            habit.closedAfter(2000);
        }
        assertEquals(1600, habit.safeNanos());
    }

    @Test
    void aCloseSpeaksForAMinuteAndTheShortestCounts() {
        habit.closedAfter(500);
        now += TimeUnit.SECONDS.toNanos(30);
        habit.closedAfter(1000);
        assertEquals(400, habit.safeNanos());
        now += TimeUnit.SECONDS.toNanos(30) - 1;
        assertEquals(400, habit.safeNanos());
        now++;
        assertEquals(800, habit.safeNanos());
        habit.announced(600);
        assertEquals(480, habit.safeNanos());
        habit.announced(2000);
        assertEquals(800, habit.safeNanos());
    }

    @Test
    void whatIsClosedAsLateAsItIsKeptIsNoFinding() {
        for (int i = 0; i < 3; i++) {
            habit.closedAfter(5 * SECOND);
        }
        assertEquals(Optional.empty(), habit.finding(5 * SECOND));
        assertTrue(habit.finding(5 * SECOND + 1).isPresent());
    }
}
