package io.culprit.record.journal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SummedTimeTest {
    private static final long DAY = 20_000L * 1440;

    private static String where(SummedTime time) {
        return time.table().replaceAll("SELECT .*? FROM ", "").replaceAll("at_minute BETWEEN ", "");
    }

    @Test
    void withoutSumsThereAreTheMinutes() {
        assertEquals("(counts WHERE (3 AND 3)) c", where(SummedTime.of(3, 3, 1440, Map.of())));
        assertEquals("(counts WHERE (3 AND 5000)) c", where(SummedTime.of(3, 5000, 1440, Map.of())));
    }

    @Test
    void theWidestThatFitAndStandAreTaken() {
        Map<Integer, Set<Long>> standing = Map.of(
                1440, Set.of(DAY),
                60, Set.of(DAY, DAY + 1440, DAY + 1500),
                10, Set.of(DAY - 10, DAY, DAY + 1560, DAY + 1580));
        SummedTime time = SummedTime.of(DAY - 12, DAY + 1592, 1440, standing);
        assertEquals(
                "(sums WHERE width = 1440 AND (%d AND %d) UNION ALL sums WHERE width = 60 AND (%d AND %d) UNION ALL sums WHERE width = 10 AND (%d AND %d OR %d AND %d OR %d AND %d) UNION ALL counts WHERE (%d AND %d OR %d AND %d OR %d AND %d)) c"
                        .formatted(
                                DAY,
                                DAY + 1439, //
                                DAY + 1440,
                                DAY + 1559, //
                                DAY - 10,
                                DAY - 1,
                                DAY + 1560,
                                DAY + 1569,
                                DAY + 1580,
                                DAY + 1589, //
                                DAY - 12,
                                DAY - 11,
                                DAY + 1570,
                                DAY + 1579,
                                DAY + 1590,
                                DAY + 1592),
                where(time));
    }

    @Test
    void aSumThatReachesOutOfTheTimeIsNotTaken() {
        Map<Integer, Set<Long>> standing = Map.of(10, Set.of(DAY, DAY + 10));
        assertEquals(
                "(counts WHERE (%d AND %d)) c".formatted(DAY + 1, DAY + 18),
                where(SummedTime.of(DAY + 1, DAY + 18, 1440, standing)));
        assertEquals(
                "(sums WHERE width = 10 AND (%d AND %d)) c".formatted(DAY, DAY + 19),
                where(SummedTime.of(DAY, DAY + 19, 1440, standing)));
    }

    @Test
    void aStepTakesOnlySumsThatLieWithinIt() {
        Map<Integer, Set<Long>> standing = Map.of(1440, Set.of(DAY), 60, Set.of(DAY));
        assertEquals(
                "(sums WHERE width = 60 AND (%d AND %d) UNION ALL counts WHERE (%d AND %d)) c"
                        .formatted(DAY, DAY + 59, DAY + 60, DAY + 1439),
                where(SummedTime.of(DAY, DAY + 1439, SummedTime.widestWithin(180), standing)));
        assertEquals(1, SummedTime.widestWithin(5));
        assertEquals(10, SummedTime.widestWithin(30));
        assertEquals(60, SummedTime.widestWithin(180));
        assertEquals(360, SummedTime.widestWithin(720));
        assertEquals(1440, SummedTime.widestWithin(1440));
    }
}
