package io.culprit.server.tls;

import io.culprit.tls.TlsBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import javax.net.ssl.SSLEngineResult;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * Takes plaintext for a client. Bytes count as written only when the socket has taken all of their records: whoever writes
 * keeps them until then and offers the same ones again, so that closing never loses what was said to be written. Owned by one
 * IO thread.
 */
final class TlsSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final TlsChannel channel;
    private final ByteBuffer[] one = new ByteBuffer[1];
    /** Where the sources of one write stood before their bytes became records. */
    private int[] marks = new int[4];

    private boolean wanted;
    /** Bytes of plaintext whose records wait in the channel, or have left since and were not reported yet. */
    private long owed;

    TlsSink(StreamSinkConduit below, TlsChannel channel) {
        super(below);
        this.channel = channel;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        one[0] = source;
        try {
            return (int) write(one, 0, 1);
        } finally {
            one[0] = null;
        }
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        if (!channel.flush()) {
            await();
            return 0;
        }
        long total = report(sources, offset, length);
        while (owed == 0 && remaining(sources, offset, length) > 0) {
            mark(sources, offset, length);
            long made = make(sources, offset, length);
            if (channel.unsent()) {
                rewind(sources, offset, length);
                owed = made;
                await();
                break;
            }
            total += made;
        }
        return total;
    }

    /** Takes off what has left already. */
    private long report(ByteBuffer[] sources, int offset, int length) {
        long total = 0;
        for (int i = offset; i < offset + length && owed > 0; i++) {
            int n = (int) Math.min(owed, sources[i].remaining());
            sources[i].position(sources[i].position() + n);
            owed -= n;
            total += n;
        }
        return total;
    }

    private static long remaining(ByteBuffer[] sources, int offset, int length) {
        long all = 0;
        for (int i = offset; i < offset + length; i++) {
            all += sources[i].remaining();
        }
        return all;
    }

    /** Some records, given to the socket. @return bytes of plaintext in them */
    private long make(ByteBuffer[] sources, int offset, int length) throws IOException {
        ByteBuffer window = channel.window();
        long made = 0;
        while (window.remaining() >= TlsBuffers.RECORD && remaining(sources, offset, length) > 0) {
            SSLEngineResult result = channel.engine().wrap(sources, offset, length, window);
            made += result.bytesConsumed();
            if (result.getStatus() != SSLEngineResult.Status.OK || result.bytesConsumed() == 0) {
                throw new IOException("the client has ended the TLS connection");
            }
        }
        channel.send(window.flip());
        return made;
    }

    private void mark(ByteBuffer[] sources, int offset, int length) {
        if (marks.length < length) {
            marks = new int[length];
        }
        for (int i = 0; i < length; i++) {
            marks[i] = sources[offset + i].position();
        }
    }

    /** What has become records and not left is to be offered again. */
    private void rewind(ByteBuffer[] sources, int offset, int length) {
        for (int i = 0; i < length; i++) {
            sources[offset + i].position(marks[i]);
        }
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        if (!channel.flush()) {
            await();
            return 0;
        }
        if (owed > 0) {
            long left = Math.min(owed, count);
            owed -= left;
            return left;
        }
        ByteBuffer window = channel.fileWindow();
        window.limit((int) Math.min(Math.min(window.capacity(), 16 << 10), count));
        int n = file.read(window, position);
        if (n <= 0) {
            return n;
        }
        return write(window.flip());
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer through) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int writeFinal(ByteBuffer source) throws IOException {
        int n = write(source);
        if (!source.hasRemaining()) {
            terminateWrites();
        }
        return n;
    }

    @Override
    public long writeFinal(ByteBuffer[] sources, int offset, int length) throws IOException {
        long n = write(sources, offset, length);
        if (remaining(sources, offset, length) == 0) {
            terminateWrites();
        }
        return n;
    }

    @Override
    public void terminateWrites() throws IOException {
        channel.closeNotify();
        next.terminateWrites();
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler handler) {
        next.setWriteReadyHandler(new WriteReadyHandler() {
            @Override
            public void writeReady() {
                ready(handler);
            }

            @Override
            public void forceTermination() {
                handler.forceTermination();
            }

            @Override
            public void terminated() {
                handler.terminated();
            }
        });
    }

    private void ready(WriteReadyHandler above) {
        try {
            if (!channel.flush()) {
                return;
            }
        } catch (IOException e) {
            wanted = true; // whoever writes next is told the same
        }
        if (wanted) {
            above.writeReady();
        } else {
            next.suspendWrites();
        }
    }

    /** The socket is to tell when it takes bytes, whether or not anybody above has asked for that. */
    private void await() {
        next.resumeWrites();
    }

    @Override
    public void resumeWrites() {
        wanted = true;
        next.resumeWrites();
    }

    @Override
    public void suspendWrites() {
        wanted = false;
        if (!channel.unsent()) {
            next.suspendWrites();
        }
    }

    @Override
    public boolean isWriteResumed() {
        return wanted;
    }
}
