package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

/** How far chance reaches, where jobs have lengths. */
class UpstreamWorkTest {
    private static final int JOBS = 400;
    private static final int SAMPLES = 2_000;

    @Test
    void jobsOfOneLengthCountAsMany() {
        UpstreamWork work = new UpstreamWork();
        for (int i = 0; i < 263; i++) {
            if (i < 81) {
                work.wasted(0.25);
            } else {
                work.useful(0.25);
            }
        }
        assertEquals(81 / 263.0, work.waste(), 1e-9);
        assertEquals(263, work.effectiveJobs(), 1e-6);
    }

    @Test
    void oneLongJobAmongShortOnesTellsLittle() {
        UpstreamWork work = new UpstreamWork();
        for (int i = 0; i < 999; i++) {
            work.useful(0.001);
        }
        work.useful(10);
        assertEquals(0, work.waste());
        assertEquals(1.2, work.effectiveJobs(), 0.05, "nearly all of the work was one job");
    }

    @Test
    void nothingDoneIsNothingKnown() {
        assertEquals(0, new UpstreamWork().effectiveJobs());
        UpstreamWork before = new UpstreamWork(3, 1, Double.NaN, Double.NaN);
        assertEquals(0, before.effectiveJobs(), "a file from before the squares were kept");
        UpstreamWork sum = new UpstreamWork();
        sum.useful(1);
        sum.wasted(1);
        sum.add(before);
        assertEquals(0, sum.effectiveJobs(), "nor can it be told with such a one");
    }

    /** Of exponential lengths: wasted by chance, or because they are long. */
    @Test
    void theTrueShareLiesWithinTheIntervalAsOftenAsItSays() {
        assertEquals(0.95, covered(0.3, (length, random) -> random.nextDouble() < 0.3), 0.02);
        assertEquals(0.95, covered(2 / Math.E, (length, random) -> length > 1), 0.02);
    }

    private static double covered(double truth, BiPredicate<Double, Random> wasted) {
        Random random = new Random(7);
        int within = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            UpstreamWork work = new UpstreamWork();
            for (int i = 0; i < JOBS; i++) {
                double length = -Math.log(1 - random.nextDouble());
                if (wasted.test(length, random)) {
                    work.wasted(length);
                } else {
                    work.useful(length);
                }
            }
            assertTrue(work.effectiveJobs() > 0);
            double spread = 1.96 * Math.sqrt(work.waste() * (1 - work.waste()) / work.effectiveJobs());
            within += Math.abs(work.waste() - truth) <= spread ? 1 : 0;
        }
        return within / (double) SAMPLES;
    }
}
