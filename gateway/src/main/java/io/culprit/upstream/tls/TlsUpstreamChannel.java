package io.culprit.upstream.tls;

import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.tls.RecordUnwrapper;
import io.culprit.tls.TlsBuffers;
import io.culprit.tls.TlsRecords;
import io.culprit.tls.WaitingBytes;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.UpstreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Plaintext to and from a server behind TLS. Bytes count as written when the socket has taken their records; an idle connection
 * holds no buffer. Owned by one loop.
 */
final class TlsUpstreamChannel implements UpstreamChannel {
    /** Heap of the JDK's engine and what goes with it, measured over 500 idle connections, rounded up. */
    private static final int ENGINE_BYTES = 8 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final UpstreamChannel below;
    private final PeerTls tls;
    private final SSLEngine engine;
    private final RecordUnwrapper records;
    private final IoLoop loop;
    private final TlsBuffers scratch;
    private ChannelHandler handler;
    private final WaitingBytes cipher;
    private final WaitingBytes plain;
    private final WaitingBytes unsent;
    private long owed;
    private boolean wantsWrites;
    private boolean readsSuspended;
    private boolean received;
    private boolean again;
    private boolean endTold;
    private @Nullable SSLException broken;
    private boolean open = true;

    TlsUpstreamChannel(UpstreamChannel below, SSLEngine engine, IoLoop loop, PeerTls tls, ChannelHandler handler) {
        this.below = below;
        this.engine = engine;
        this.records = new RecordUnwrapper(engine);
        this.loop = loop;
        this.tls = tls;
        this.scratch = tls.scratch().of(loop);
        this.handler = handler;
        MemoryAccount memory = new MemoryAccount(loop, Optional.empty());
        this.cipher = new WaitingBytes(loop, memory);
        this.plain = new WaitingBytes(loop, memory);
        this.unsent = new WaitingBytes(loop, memory);
        loop.memory().heap(ENGINE_BYTES);
    }

    @Override
    public boolean connected() {
        return true;
    }

    @Override
    public void handler(ChannelHandler newHandler) {
        handler = newHandler;
    }

    /** What a server sent that is no TLS; empty when the next bytes may be a record. */
    boolean nextIsNoRecord() {
        return !cipher.isEmpty()
                && !TlsRecords.isType(cipher.bytes().get(cipher.bytes().position()));
    }

    /** The bytes that came and were not used. */
    ByteBuffer unread() {
        return cipher.isEmpty() ? NOTHING : cipher.bytes().duplicate();
    }

    /** Takes what the socket has. @return -1 at its end, else bytes taken */
    private int fill(ByteBuffer in) throws IOException {
        in.clear();
        cipher.drainTo(in);
        int before = in.position();
        ByteBuffer view = in.duplicate().flip();
        int said = TlsRecords.whole(view) ? 0 : below.read(in);
        in.flip();
        return said < 0 ? -1 : in.limit() - before;
    }

    /**
     * One step of a handshake that waits for the server.
     *
     * @return above 0 when there was one, 0 when more bytes are needed, -1 when the server has closed
     */
    int shake() throws IOException {
        ByteBuffer in = scratch.in;
        int said = fill(in);
        try {
            if (!TlsRecords.whole(in)) {
                return said < 0 ? -1 : 0;
            }
            ByteBuffer window = scratch.plain.clear();
            SSLEngineResult result = records.unwrap(in, window);
            plain.append(window.flip());
            return result.getStatus() == SSLEngineResult.Status.CLOSED ? -1 : 1;
        } finally {
            keep(in);
        }
    }

    private void keep(ByteBuffer in) {
        if (open) {
            cipher.append(in);
        }
    }

    /** Has the engine say what it has to say. */
    void wrapOwn() throws IOException {
        ByteBuffer window = scratch.out.clear();
        try {
            SSLEngineResult result;
            do {
                result = engine.wrap(NOTHING.clear(), window);
            } while (result.bytesProduced() > 0
                    && result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
                    && window.remaining() >= TlsBuffers.RECORD);
        } finally {
            send(window.flip());
        }
    }

    private void send(ByteBuffer made) throws IOException {
        if (unsent.isEmpty()) {
            below.write(made);
        }
        if (made.hasRemaining()) {
            unsent.append(made);
            below.resumeWrites();
        }
    }

    private boolean flush() throws IOException {
        if (!unsent.isEmpty()) {
            below.write(unsent.bytes());
        }
        return unsent.settle();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!plain.isEmpty()) {
            int taken = plain.take(target);
            tellIfHeld(); // a reader with little room comes back for the rest
            return taken;
        }
        if (broken != null || engine.isInboundDone()) {
            endTold = true;
            return end();
        }
        ByteBuffer in = scratch.in;
        int said;
        try {
            said = fill(in);
        } catch (IOException e) {
            throw !received && tls.lacksCertificate(engine)
                    ? HandshakeFailure.demanded(
                            "the server reset the connection after it had asked for a certificate of ours", engine)
                    : e;
        }
        int start = target.position();
        try {
            while (target.hasRemaining() && TlsRecords.whole(in)) {
                SSLEngineResult result = records.unwrap(in, target);
                if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                    if (target.position() > start) {
                        break;
                    }
                    ByteBuffer window = scratch.plain.clear();
                    result = records.unwrap(in, window);
                    plain.append(window.flip());
                    if (!plain.isEmpty()) {
                        plain.take(target);
                    }
                }
                after(result.getHandshakeStatus());
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    break;
                }
            }
        } catch (SSLException e) {
            broken = e; // told behind what came before it
        } finally {
            keep(in);
        }
        int n = target.position() - start;
        endTold = n == 0 && (said < 0 || broken != null || engine.isInboundDone());
        tellIfHeld();
        if (n > 0) {
            received = true;
            return n;
        }
        if (broken == null && said < 0 && !received && tls.lacksCertificate(engine)) {
            throw HandshakeFailure.demanded(
                    "the server closed the connection after it had asked for a certificate of ours", engine);
        }
        return endTold ? end() : 0;
    }

    /** Tells that nothing more comes. */
    private int end() throws IOException {
        if (broken != null) {
            throw HandshakeFailure.inStream(broken, !received && tls.lacksCertificate(engine), engine);
        }
        return -1;
    }

    private void after(SSLEngineResult.HandshakeStatus status) throws IOException {
        SSLEngineResult.HandshakeStatus now = status;
        while (now == SSLEngineResult.HandshakeStatus.NEED_TASK) {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
            now = engine.getHandshakeStatus();
        }
        if (now == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
            wrapOwn();
        }
    }

    /** Bytes, or their end, that can be had without the socket: no event of it will tell. */
    private void tellIfHeld() {
        boolean held = !plain.isEmpty()
                || broken == null && !cipher.isEmpty() && TlsRecords.whole(cipher.bytes())
                || (broken != null || engine.isInboundDone()) && !endTold;
        if (held && !again && !readsSuspended) {
            again = true;
            loop.execute(() -> {
                again = false;
                if (open && !readsSuspended) {
                    handler.readable();
                }
            });
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (!flush()) {
            return 0;
        }
        int total = 0;
        if (owed > 0) {
            total = (int) Math.min(owed, source.remaining());
            source.position(source.position() + total);
            owed -= total;
        }
        while (owed == 0 && source.hasRemaining()) {
            int mark = source.position();
            ByteBuffer window = scratch.out.clear();
            while (source.hasRemaining() && window.remaining() >= TlsBuffers.RECORD) {
                SSLEngineResult result = engine.wrap(source, window);
                if (result.getStatus() != SSLEngineResult.Status.OK) {
                    throw new IOException("Broken pipe: the server has ended the TLS connection");
                }
            }
            send(window.flip());
            if (!unsent.isEmpty()) {
                owed = (long) source.position() - mark;
                source.position(mark);
                return total;
            }
            total += source.position() - mark;
        }
        return total;
    }

    @Override
    public void shutdownOutput() throws IOException {
        engine.closeOutbound();
        if (flush()) {
            wrapOwn();
        }
    }

    /** RFC 8446 section 6.1: an end without close_notify may be a forgery. */
    @Override
    public boolean endedProperly() {
        return engine.isInboundDone();
    }

    @Override
    public void resumeWrites() {
        wantsWrites = true;
        below.resumeWrites();
    }

    @Override
    public void suspendWrites() {
        wantsWrites = false;
        if (unsent.isEmpty()) {
            below.suspendWrites();
        }
    }

    @Override
    public void resumeReads() {
        readsSuspended = false;
        below.resumeReads();
        tellIfHeld();
    }

    @Override
    public void suspendReads() {
        readsSuspended = true;
        below.suspendReads();
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        loop.memory().heap(-ENGINE_BYTES);
        try {
            if (!engine.isOutboundDone()) {
                engine.closeOutbound();
                if (flush()) {
                    wrapOwn();
                }
            }
        } catch (IOException e) {
            below.close();
        }
        cipher.release();
        plain.release();
        unsent.release();
        below.close();
    }

    /** Who hears of the socket below. */
    ChannelHandler events() {
        return new ChannelHandler() {
            @Override
            public void readable() {
                handler.readable();
            }

            @Override
            public void writable() {
                socketWritable();
            }

            @Override
            public void abandoned(String why) {
                handler.abandoned(why);
            }

            @Override
            public void connected() {
                throw new IllegalStateException("the channel was connected already");
            }

            @Override
            public void connectFailed(IOException e) {
                throw new IllegalStateException("the channel was connected already", e);
            }
        };
    }

    private void socketWritable() {
        try {
            if (!flush()) {
                return;
            }
        } catch (IOException e) {
            wantsWrites = true; // whoever writes next is told the same
        }
        if (wantsWrites) {
            handler.writable();
        } else {
            below.suspendWrites();
        }
    }
}
