package io.culprit.triage.read;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a log's bytes come from: a disk, or whatever a job on many machines reads. */
public interface LogSource extends Serializable {
    /**
     * Its bytes, packed as they are.
     *
     * @param from first byte
     * @throws IOException when it cannot be read
     */
    InputStream open(long from) throws IOException;

    /**
     * When it was changed last, milliseconds since the epoch.
     *
     * @throws IOException when that cannot be known
     */
    long changedMillis() throws IOException;

    /** Standard input, which is read once. */
    record StandardInput() implements LogSource {
        @Override
        public InputStream open(long from) {
            return System.in;
        }

        @Override
        public long changedMillis() throws IOException {
            throw new IOException("standard input was never changed");
        }
    }

    /** A file on this machine's disk. */
    record OnDisk(String path) implements LogSource {
        @Override
        public InputStream open(long from) throws IOException {
            if (from == 0) {
                return Files.newInputStream(Path.of(path));
            }
            FileInputStream in = new FileInputStream(path);
            try {
                in.getChannel().position(from);
            } catch (IOException e) {
                in.close();
                throw e;
            }
            return in;
        }

        @Override
        public long changedMillis() throws IOException {
            return Files.getLastModifiedTime(Path.of(path)).toMillis();
        }
    }
}
