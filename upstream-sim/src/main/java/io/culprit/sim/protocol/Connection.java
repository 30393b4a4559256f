package io.culprit.sim.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One accepted connection. Reads exactly what is asked for and never ahead: what the other side sent beyond that stays
 * in the kernel, which then answers a sudden close with a reset, as it does when a real worker dies. Owned by one worker;
 * {@link #kill} may come from any thread.
 */
public final class Connection {
    private final SocketChannel channel;

    public Connection(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Reads until the buffer is full.
     *
     * @return false at a clean end before the first byte
     * @throws EOFException at an end in the middle
     */
    public boolean readFully(ByteBuffer into) throws IOException {
        boolean any = false;
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                if (any) {
                    throw new EOFException("the other side left in the middle of a record");
                }
                return false;
            }
            any = true;
        }
        return true;
    }

    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Unbuffered, for readers of text protocols. */
    public InputStream in() {
        return java.nio.channels.Channels.newInputStream(channel);
    }

    public OutputStream out() {
        return java.nio.channels.Channels.newOutputStream(channel);
    }

    /** Says that no more comes and waits until the other side closes too, as FPM does. */
    public void finish() throws IOException {
        channel.shutdownOutput();
        ByteBuffer sink = ByteBuffer.allocate(8192);
        while (channel.read(sink) >= 0) {
            sink.clear();
        }
        channel.close();
    }

    /** Closes at once, whatever is unread. Any thread may call. */
    public void kill() {
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println("culprit sim: closing a connection failed: " + e.getMessage());
        }
    }
}
