package io.culprit.record.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log's destination, buffered. A disk that is full costs lines, which are counted and reported when it is well again,
 * never the gateway. Used by the recording thread only.
 */
public final class LogFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);
    private static final int FLUSH_AT = 64 * 1024;
    private static final String STANDARD_OUTPUT = "-";

    private final String name;
    private OutputStream out;
    private byte[] buffer = new byte[FLUSH_AT + 8192];
    private int size;
    private final AtomicLong lostLines = new AtomicLong();
    private long lostBytes;
    private int lines;
    private boolean torn;

    private LogFile(String name, OutputStream out) {
        this.name = name;
        this.out = out;
    }

    /**
     * @param key key of the configuration, for the message
     * @param path file to append to, {@code -} for standard output
     * @throws IOException naming key and file when it cannot be opened
     */
    public static LogFile open(String key, String path) throws IOException {
        try {
            return new LogFile(path, stream(path));
        } catch (IOException e) {
            throw new IOException(key + ": " + path + " cannot be opened: " + reason(e), e);
        }
    }

    /** The JDK's messages are the path alone. */
    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its folder does not exist";
        }
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private static OutputStream stream(String path) throws IOException {
        return path.equals(STANDARD_OUTPUT)
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
        lines++;
        if (size > FLUSH_AT) {
            flush();
        }
    }

    void flush() {
        if (size == 0) {
            return;
        }
        try {
            if (torn) {
                out.write('\n'); // whatever the failed write left of its last line ends here
                torn = false;
            }
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
            lostLines.addAndGet(lines);
            torn = true;
        }
        size = 0;
        lines = 0;
    }

    /** Lines that could not be written; any thread may ask. */
    long lostLines() {
        return lostLines.get();
    }

    /** Goes on in a file of the same name: somebody has moved the one it wrote to. Keeps the old one if that fails. */
    void reopen() {
        if (name.equals(STANDARD_OUTPUT)) {
            return;
        }
        flush();
        OutputStream before = out;
        try {
            out = stream(name);
        } catch (IOException e) {
            LOG.error("{} cannot be opened again, writing goes on in the old file: {}", name, reason(e));
            return;
        }
        LOG.info("{} was opened again", name);
        shut(before);
    }

    @Override
    public void close() {
        flush();
        if (!name.equals(STANDARD_OUTPUT)) {
            shut(out);
        }
    }

    private void shut(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            LOG.warn("closing {} failed: {}", name, e.getMessage());
        }
    }
}
