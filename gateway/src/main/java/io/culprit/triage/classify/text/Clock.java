package io.culprit.triage.classify.text;

/** How much of a point in time a line's own time says. */
public enum Clock {
    /** No time in the line. */
    NONE,
    /** A time with its zone: the microseconds are those since the epoch. */
    ZONED,
    /** No zone: the microseconds are those since the epoch had the program run in UTC. */
    LOCAL,
    /** Neither zone nor year (RFC 3164): the microseconds are those since the first of January of 1972, a leap year. */
    NO_YEAR,
    /** The kernel's clock: microseconds since the machine started. */
    BOOT
}
