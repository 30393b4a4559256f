package io.culprit.bench.load.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.plan.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Against values that Newcombe published. */
class ConfidenceTest {
    private static Cell cell(long good, long all) {
        Cell cell = new Cell(new Settings(Duration.ofSeconds(1), 1, 0, Duration.ZERO, 1), true);
        for (long i = 0; i < all; i++) {
            cell.ended(i < good ? Cell.GOOD : "504", 0, 0, 1);
        }
        return cell;
    }

    @Test
    void sharesHaveWilsonsInterval() {
        Confidence.Interval interval = Confidence.of(81, 263);
        assertEquals(0.2553, interval.low(), 0.0001);
        assertEquals(0.3662, interval.high(), 0.0001);
        assertEquals(0, Confidence.of(0, 20).low());
        assertEquals(0.1611, Confidence.of(0, 20).high(), 0.0001);
    }

    @Test
    void differencesHaveNewcombesInterval() {
        Confidence.Interval interval = Confidence.loss(cell(56, 70), cell(48, 80));
        assertEquals(0.0524, interval.low(), 0.0001);
        assertEquals(0.3339, interval.high(), 0.0001);
    }

    @Test
    void threeRequestsOfAHundredAndFortySixAreNoDifference() {
        assertTrue(Confidence.equal(cell(100, 146), cell(97, 146)));
        assertFalse(Confidence.equal(cell(13_700, 20_000), cell(13_290, 20_000)));
        assertTrue(Confidence.enough(cell(100, 146), 0.01) > 10_000);
    }
}
