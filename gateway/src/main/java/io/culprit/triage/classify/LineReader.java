package io.culprit.triage.classify;

/** Knows the lines of one program. Stateless; any thread. */
interface LineReader {
    /** What the line says, or null when it is none of this program's. */
    Finding read(Line line);
}
