package io.culprit.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * A nameless temporary file: it is unlinked as soon as it is open, so that no crash leaves it behind. Written on the IO
 * thread as nginx does: the page cache takes the bytes, and a slow disk shows as a slow gateway, not as lost data.
 */
final class TempFile implements AutoCloseable {
    private static final SecureRandom NAMES = new SecureRandom();
    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final FileChannel channel;
    private final Runnable closed;
    private long written;

    /**
     * @param closed told once it is closed
     * @throws IOException when the directory is missing, full or not writable
     */
    TempFile(Path directory, Runnable closed) throws IOException {
        this.closed = closed;
        byte[] name = new byte[12];
        NAMES.nextBytes(name);
        // On Linux the JDK unlinks a file opened like this at once.
        channel = FileChannel.open(
                directory.resolve("culprit-" + HexFormat.of().formatHex(name) + ".tmp"), OPTIONS, OWNER_ONLY);
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
