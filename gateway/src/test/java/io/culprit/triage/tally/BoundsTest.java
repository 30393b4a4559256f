package io.culprit.triage.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BoundsTest {
    @Test
    void theMostFrequentNamesSurviveAnyNumberOfRareOnes() {
        Top top = new Top();
        for (int i = 0; i < 1_000_000; i++) {
            top.add("rare" + i, 1);
            if (i % 50 == 0) {
                top.add("often", 1);
            }
        }
        assertTrue(top.size() <= 4_096);
        assertEquals("often", top.first());
        assertTrue(top.of("often") + top.forgotten() >= 20_000, "no more is missing than what is said to be forgotten");
    }

    @Test
    void aTimelineOfYearsKeepsItsSum() {
        Timeline timeline = new Timeline();
        for (long second = 0; second < 2_000_000; second++) {
            timeline.add(second * 60, 1);
        }
        assertEquals(
                2_000_000,
                timeline.bySecond().values().stream().mapToLong(Long::longValue).sum());
        assertTrue(
                timeline.bySecond().size() <= 1 << 16,
                "bounded: " + timeline.bySecond().size());
        assertTrue(timeline.resolution() > 1);
    }

    @Test
    void pathsAreCountedWithoutTheirQuery() {
        assertEquals("/a", Paths.of("/a?b=c"));
        assertEquals("/wp-admin/admin-ajax.php?action=x", Paths.of("/wp-admin/admin-ajax.php?y=1&action=x&z=2"));
        assertEquals("/wp-admin/admin-ajax.php", Paths.of("/wp-admin/admin-ajax.php?y=1"));
    }
}
