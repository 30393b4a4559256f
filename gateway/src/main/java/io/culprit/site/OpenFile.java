package io.culprit.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;

/**
 * A file that was opened to be served; whoever got it closes it.
 *
 * @param name its last segment as the client named it, without a precompressed sibling's ending
 * @param channel open for reading
 * @param size bytes, when it was opened
 * @param modifiedSeconds when it was last changed, in seconds since 1970
 * @param encoding {@code gzip} or {@code br} when this is a precompressed sibling, else empty
 * @param varies whether another client may get another encoding of it
 */
public record OpenFile(
        String name, FileChannel channel, long size, long modifiedSeconds, String encoding, boolean varies)
        implements AutoCloseable {
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a file that was read has nothing left to lose
        }
    }
}
