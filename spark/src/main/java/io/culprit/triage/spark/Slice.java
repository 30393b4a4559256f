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
        List<LogPart> open = List.of();
        String host = "";
        long bytes = 0;
        for (LogPart part : parts) {
            if (open.isEmpty() || bytes >= BYTES || !host.equals(lake.hosts().get(part.file()))) {
                open = new ArrayList<>();
                host = lake.hosts().get(part.file());
                slices.add(new Slice(host, open));
                bytes = 0;
            }
            open.add(part);
            LogFile file = lake.files().get(part.file());
            bytes += Math.min(part.length(), file.size() - part.from());
        }
        return slices;
    }
}
