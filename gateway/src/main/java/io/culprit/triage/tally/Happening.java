package io.culprit.triage.tally;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Program;
import java.io.Serializable;

/**
 * Something that happened to a process, a pool or a machine.
 *
 * @param micros microseconds since the epoch; {@link Exhibit#TIMELESS} where the line has no time
 * @param what its verdict
 * @param program who wrote the line
 * @param worker process id of the worker or victim, -1 without
 * @param pool name of the pool or unit, possibly empty
 * @param script script or frame, possibly empty
 * @param target request, possibly empty
 * @param upstream what it is about or waits for, possibly empty
 * @param duration microseconds, -1 without
 * @param setting number of the configuration or signal that the line names, -1 without
 * @param exhibit the line
 */
public record Happening(
        long micros,
        Diagnosis what,
        Program program,
        int worker,
        String pool,
        String script,
        String target,
        String upstream,
        long duration,
        long setting,
        Exhibit exhibit)
        implements Serializable {
    /** Second since the epoch. */
    public long second() {
        return Math.floorDiv(micros, 1_000_000L);
    }

    /** Whether the line has a time. */
    public boolean isTimed() {
        return micros != Exhibit.TIMELESS;
    }
}
