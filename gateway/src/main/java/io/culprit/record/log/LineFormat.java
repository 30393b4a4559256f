package io.culprit.record.log;

import io.culprit.failure.Outcome;

/** How a request looks in the access log. Used by the recording thread only, so it may keep scratch space. */
interface LineFormat {
    /** Appends the line, without its line break. */
    void append(Outcome outcome, Line line);
}
