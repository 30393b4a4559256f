package io.culprit.triage.spark;

import io.culprit.triage.read.LogFile;
import io.culprit.triage.read.LogPart;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring parts of one host's files, read by one task.
 *
 * @param host whose files they are
 * @param parts in order
 */
record Slice(String host, List<LogPart> parts) implements Serializable {
    /** Bytes that are worth a task. */
    private static final long BYTES = 64L << 20;

    static List<Slice> of(Lake lake, List<LogPart> parts) {
        List<Slice> slices = new ArrayList<>();
        List<LogPart> open = new ArrayList<>();
        long bytes = 0;
        for (LogPart part : parts) {
            String host = lake.hosts().get(part.file());
            if (!open.isEmpty()
                    && (bytes >= BYTES
                            || !host.equals(lake.hosts().get(open.get(0).file())))) {
                slices.add(new Slice(lake.hosts().get(open.get(0).file()), List.copyOf(open)));
                open.clear();
                bytes = 0;
            }
            open.add(part);
            LogFile file = lake.files().get(part.file());
            bytes += Math.min(part.length(), file.size() - part.from());
        }
        if (!open.isEmpty()) {
            slices.add(new Slice(lake.hosts().get(open.get(0).file()), List.copyOf(open)));
        }
        return slices;
    }
}
