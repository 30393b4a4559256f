package io.culprit.triage.tally;

import java.io.Serializable;

/**
 * Where a line stands.
 *
 * @param file index of the file
 * @param unit index of the part of the file that was read in one go
 * @param line number within the unit, from 1
 */
public record Place(int file, int unit, long line) implements Comparable<Place>, Serializable {
    @Override
    public int compareTo(Place other) {
        int byFile = Integer.compare(file, other.file);
        int byUnit = byFile == 0 ? Integer.compare(unit, other.unit) : byFile;
        return byUnit == 0 ? Long.compare(line, other.line) : byUnit;
    }
}
