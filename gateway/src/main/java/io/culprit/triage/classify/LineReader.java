package io.culprit.triage.classify;

import org.jspecify.annotations.Nullable;

/** Knows the lines of one program. Stateless; any thread. */
public interface LineReader {
    /** What the line says, or null when it is none of this program's. */
    @Nullable
    Finding read(Line line);
}
