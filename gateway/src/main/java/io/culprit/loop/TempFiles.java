package io.culprit.loop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where {@link Spill}s may put what memory does not hold, and how many of them at a time: each file takes a descriptor, and
 * uploads must not take those that upstreams need. Thread-safe.
 */
public final class TempFiles {
    private final Path directory;
    private volatile int most;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param directory where the files are made
     * @param most files open at a time
     */
    public TempFiles(Path directory, int most) {
        this.directory = directory;
        this.most = most;
    }

    /** Files open now. */
    public int open() {
        return open.get();
    }

    /** Files that may be open at a time. */
    public int most() {
        return most;
    }

    /** Another configuration allows this many; those that are open stay. */
    public void most(int newMost) {
        most = newMost;
    }

    /**
     * @throws DescriptorsUsedUpException when all are open that may be
     * @throws IOException when the directory is missing, full or not writable
     */
    TempFile create() throws IOException {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            throw new DescriptorsUsedUpException(most);
        }
        try {
            return new TempFile(directory, open::decrementAndGet);
        } catch (IOException e) {
            open.decrementAndGet();
            throw e;
        }
    }

    /** All temporary files are open that may be. */
    public static final class DescriptorsUsedUpException extends IOException {
        private DescriptorsUsedUpException(int most) {
            super("all " + most + " temporary files that the limit of open files leaves room for are in use");
        }
    }
}
