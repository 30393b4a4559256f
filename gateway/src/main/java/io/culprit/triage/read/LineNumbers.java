package io.culprit.triage.read;

import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Place;
import java.io.Serializable;
import java.util.List;

/**
 * Which line of its file a line is that was read as part of it: known once the parts before have been read. Threads may tell about
 * different parts at a time; whoever asks has to see what they wrote.
 */
public final class LineNumbers implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String[] names;
    private final long[][] lines;

    public LineNumbers(List<LogFile> files, List<LogPart> parts) {
        names = files.stream().map(LogFile::name).toArray(String[]::new);
        int[] counts = new int[names.length];
        parts.forEach(part -> counts[part.file()] = Math.max(counts[part.file()], part.index() + 1));
        lines = new long[names.length][];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = new long[counts[i]];
        }
    }

    /** How many lines a part has. */
    public void read(LogPart part, long count) {
        lines[part.file()][part.index()] = count;
    }

    /** {@code file:line}. */
    public String where(Exhibit exhibit) {
        Place place = exhibit.place();
        long before = 0;
        for (int i = 0; i < place.unit(); i++) {
            before += lines[place.file()][i];
        }
        return names[place.file()] + ":" + (before + place.line());
    }
}
