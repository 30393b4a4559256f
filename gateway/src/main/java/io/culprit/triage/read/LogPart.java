package io.culprit.triage.read;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a file that is read in one go.
 *
 * @param file index of the file
 * @param index of the part within the file
 * @param from first byte
 * @param length bytes, {@link Long#MAX_VALUE} for all of a file that does not split
 */
public record LogPart(int file, int index, long from, long length) implements Serializable {
    /**
     * The parts of files, in their order.
     *
     * @param tail bytes of the end of each plain file that are read; what stands before is left out
     * @param unit bytes of a part
     */
    public static List<LogPart> of(List<LogFile> files, long tail, long unit) {
        List<LogPart> parts = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            LogFile file = files.get(i);
            long count = file.splits() ? Math.max(1, (file.size() + unit - 1) / unit) : 1;
            for (int part = 0; part < count; part++) {
                boolean before = file.splits() && (part + 1) * unit <= file.size() - tail;
                if (!before) {
                    parts.add(new LogPart(i, part, part * unit, file.splits() ? unit : Long.MAX_VALUE));
                }
            }
        }
        return parts;
    }
}
