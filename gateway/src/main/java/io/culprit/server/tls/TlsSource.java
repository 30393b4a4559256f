package io.culprit.server.tls;

import io.culprit.loop.IoLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The plaintext a client sends. Bytes that were decrypted, or can be without the socket, are told of as if the socket did:
 * no event of it will come for them. Owned by one IO thread.
 */
final class TlsSource extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private final TlsChannel channel;
    private final IoLoop loop;
    private @Nullable ReadReadyHandler above;
    private boolean again;

    TlsSource(StreamSourceConduit below, TlsChannel channel, IoLoop loop) {
        super(below);
        this.channel = channel;
        this.loop = loop;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return channel.read(targets[i]);
            }
        }
        return 0;
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler handler) {
        above = handler;
        next.setReadReadyHandler(new ReadReadyHandler() {
            @Override
            public void readReady() {
                ready();
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

    private void ready() {
        Objects.requireNonNull(above).readReady();
        tellIfHeld();
    }

    @Override
    public void resumeReads() {
        next.resumeReads();
        tellIfHeld();
    }

    private void tellIfHeld() {
        if (!again && channel.holds() && next.isReadResumed()) {
            again = true;
            loop.execute(() -> {
                again = false;
                if (next.isReadResumed() && channel.holds()) {
                    ready();
                }
            });
        }
    }
}
