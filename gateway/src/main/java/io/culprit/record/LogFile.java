package io.culprit.record;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log's destination, buffered. A disk that is full costs lines, which are counted and reported when it is well again,
 * never the gateway. Used by the recording thread only.
 */
final class LogFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);
    private static final int FLUSH_AT = 64 * 1024;

    private final String name;
    private final OutputStream out;
    private byte[] buffer = new byte[FLUSH_AT + 8192];
    private int size;
    private long lostBytes;

    /**
     * @param path file to append to, {@code -} for standard output
     * @throws IOException when the file cannot be opened
     */
    LogFile(String path) throws IOException {
        name = path;
        out = path.equals("-")
                ? new FileOutputStream(FileDescriptor.out)
                : Files.newOutputStream(Path.of(path), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void append(byte[] bytes, int length) {
        if (size + length > buffer.length) {
            flush();
            if (length > buffer.length) {
                buffer = new byte[length];
            }
        }
        System.arraycopy(bytes, 0, buffer, size, length);
        size += length;
        if (size > FLUSH_AT) {
            flush();
        }
    }

    void flush() {
        if (size == 0) {
            return;
        }
        try {
            out.write(buffer, 0, size);
            if (lostBytes > 0) {
                LOG.warn("{} can be written again, {} bytes of it were lost", name, lostBytes);
                lostBytes = 0;
            }
        } catch (IOException e) {
            if (lostBytes == 0) {
                LOG.error("{} cannot be written: {}", name, e.getMessage());
            }
            lostBytes += size;
        }
        size = 0;
    }

    @Override
    public void close() {
        flush();
        if (name.equals("-")) {
            return;
        }
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("closing {} failed: {}", name, e.getMessage());
        }
    }
}
