package io.culprit.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A nameless temporary file: it is unlinked as soon as it is open, so that no crash leaves it behind. Written on the IO
 * thread as nginx does: the page cache takes the bytes, and a slow disk shows as a slow gateway, not as lost data.
 */
final class TempFile implements AutoCloseable {
    private final FileChannel channel;
    private final Runnable closed;
    private long written;

    /**
     * @param closed told once it is closed
     * @throws IOException when the directory is missing, full or not writable
     */
    TempFile(Path directory, Runnable closed) throws IOException {
        this.closed = closed;
        Path path = Files.createTempFile(directory, "culprit-", ".tmp");
        // On Linux the JDK unlinks a file opened like this at once.
        channel = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    void append(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            written += channel.write(source, written);
        }
    }

    long written() {
        return written;
    }

    FileChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            IoLoop.LOG.warn("closing a temporary file failed: {}", e.getMessage());
        }
        closed.run();
    }
}
