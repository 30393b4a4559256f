package io.culprit.sim.pool;

import java.time.Duration;
import java.util.List;

/**
 * What concerns all pools, in the words of FPM's {@code [global]} section.
 *
 * @param processControlTimeout how long workers may finish their requests at a reload or stop, zero: not at all
 * @param emergencyRestartThreshold crashed workers within the interval that make the master restart, 0: never
 * @param emergencyRestartInterval that interval
 * @param pools at least one
 */
public record MasterConfig(
        Duration processControlTimeout,
        int emergencyRestartThreshold,
        Duration emergencyRestartInterval,
        List<PoolConfig> pools) {
    /** FPM's defaults around these pools. */
    public static MasterConfig of(PoolConfig... pools) {
        return new MasterConfig(Duration.ZERO, 0, Duration.ZERO, List.of(pools));
    }
}
