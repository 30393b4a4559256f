package io.culprit.triage.lint;

import java.util.Locale;

/** What stands in front of the web server, with the timers it does not let anybody see. */
public enum Edge {
    NONE(-1, -1, -1),
    /** 120 s since 2026 (100 s before, and on pages not yet changed); it repeats what meets a closed idle connection. */
    CLOUDFLARE(100, 120, -1),
    /** Idle 60 s, both ways: it keeps connections to targets as long. */
    ALB(60, 60, 60),
    /** 30 s for an answer, 5 s for idle connections. */
    CLOUDFRONT(30, 30, 5);

    private final double leastRead;
    private final double read;
    private final double idle;
    private final String id = name().toLowerCase(Locale.ROOT);

    Edge(double leastRead, double read, double idle) {
        this.leastRead = leastRead;
        this.read = read;
        this.idle = idle;
    }

    /** Lower-case name. */
    public String id() {
        return id;
    }

    /** Seconds it waits for an answer at least, -1 without an edge. */
    public double leastRead() {
        return leastRead;
    }

    /** Seconds it waits for an answer by its documentation of today, -1 without an edge. */
    public double read() {
        return read;
    }

    /** Seconds it keeps an idle connection to the origin, -1 where that does no harm. */
    public double idle() {
        return idle;
    }
}
