package io.culprit.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;

/** Files as they were when they were read: whether somebody has changed one since. Owned by whoever reads them. */
public final class WatchedFiles {
    private final Map<Path, FileTime> seen = new HashMap<>();

    /**
     * To be called before the file is read: what is written meanwhile counts as a change.
     *
     * @return the file
     * @throws IOException when it is not there, with its name
     */
    public Path add(Path file) throws IOException {
        try {
            seen.put(file, Files.getLastModifiedTime(file));
            return file;
        } catch (NoSuchFileException e) {
            throw new IOException(e.getFile() + " does not exist", e);
        }
    }

    /** Whether a file is not what it was; one that has gone is not, and reading it will say so. */
    public boolean changed() {
        for (Map.Entry<Path, FileTime> each : seen.entrySet()) {
            try {
                if (!Files.getLastModifiedTime(each.getKey()).equals(each.getValue())) {
                    return true;
                }
            } catch (IOException e) {
                return true;
            }
        }
        return false;
    }
}
