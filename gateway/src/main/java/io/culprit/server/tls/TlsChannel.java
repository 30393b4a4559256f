package io.culprit.server.tls;

import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.server.clients.ClientTransport;
import io.culprit.tls.NoRecordException;
import io.culprit.tls.RecordUnwrapper;
import io.culprit.tls.TlsBuffers;
import io.culprit.tls.TlsRecords;
import io.culprit.tls.TlsSession;
import io.culprit.tls.WaitingBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * One TLS connection: the engine, and what waits on either side of it. An idle connection holds no buffer. Owned by one IO
 * thread.
 */
final class TlsChannel implements ClientTransport.Secure {
    private static final Logger LOG = LoggerFactory.getLogger(TlsChannel.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Of what the library says by itself, such as answers to key updates, in bytes. */
    private static final int MOST_UNSENT = 256 << 10;

    private final ServerTls.Lent lent;
    private final SSLEngine engine;
    private final RecordUnwrapper records;
    private final IoLoop loop;
    private final TlsBuffers scratch;
    private final StreamSourceConduit below;
    private final StreamSinkConduit out;
    private @Nullable TlsSession session;
    /** Ciphertext that was read and not used yet. */
    private final WaitingBytes cipher;
    /** Plaintext nobody has taken yet. */
    private final WaitingBytes plain;
    /** Ciphertext the socket did not take. */
    private final WaitingBytes unsent;

    private boolean released;
    private boolean nudge;
    private boolean endTold;

    TlsChannel(
            ServerTls.Lent lent,
            IoLoop loop,
            TlsBuffers scratch,
            MemoryAccount memory,
            StreamSourceConduit below,
            StreamSinkConduit out) {
        this.lent = lent;
        this.engine = lent.engine();
        loop.memory().heap(BoringEngines.NATIVE_BYTES);
        this.loop = loop;
        this.scratch = scratch;
        this.records = new RecordUnwrapper(engine);
        this.cipher = new WaitingBytes(loop, memory);
        this.plain = new WaitingBytes(loop, memory);
        this.unsent = new WaitingBytes(loop, memory);
        this.below = below;
        this.out = out;
    }

    SSLEngine engine() {
        return engine;
    }

    void agreed(TlsSession what) {
        session = what;
    }

    @Override
    public TlsSession session() {
        return Objects.requireNonNull(session);
    }

    /** Puts ciphertext in front of what the socket has. */
    void putBack(ByteBuffer bytes) {
        cipher.append(bytes);
    }

    /** Whether plaintext, a whole record of it, or its end can be had without the socket. */
    boolean holds() {
        return !plain.isEmpty()
                || !cipher.isEmpty() && TlsRecords.whole(cipher.bytes())
                || engine.isInboundDone() && !endTold && !released;
    }

    /**
     * Reads plaintext.
     *
     * @return bytes read, 0 when none can be had now, -1 at the end
     * @throws SSLException when a record is broken; its alert is on its way
     * @throws IOException when the socket is broken
     */
    int read(ByteBuffer target) throws IOException {
        if (!plain.isEmpty()) {
            return plain.take(target);
        }
        if (released || engine.isInboundDone()) {
            endTold = true;
            return -1;
        }
        ByteBuffer in = scratch.in.clear();
        cipher.drainTo(in);
        int socketSaid = 0;
        if (!TlsRecords.whole(flipped(in))) {
            socketSaid = below.read(in);
        }
        in.flip();
        try {
            int n = unwrap(in, target);
            endTold = n == 0 && (socketSaid < 0 || engine.isInboundDone());
            return endTold ? -1 : n;
        } finally {
            if (!released) {
                cipher.append(in);
            }
        }
    }

    private static ByteBuffer flipped(ByteBuffer filling) {
        return filling.duplicate().flip();
    }

    /**
     * One step of a handshake that waits for the client.
     *
     * @return above 0 when there was one, 0 when more bytes are needed, -1 when the client has closed
     */
    int shake() throws IOException {
        ByteBuffer in = scratch.in.clear();
        cipher.drainTo(in);
        int socketSaid = TlsRecords.whole(flipped(in)) ? 0 : below.read(in);
        in.flip();
        try {
            if (nudged()) {
                return 1; // what follows is no part of the handshake
            }
            if (!TlsRecords.whole(in)) {
                return socketSaid < 0 ? -1 : 0;
            }
            nudge = true;
            if (Alerts.inClear(in)) {
                if (Alerts.isCloseNotify(in)) {
                    return -1;
                }
                throw new SSLException("Received fatal alert: " + Alerts.name(in));
            }
            ByteBuffer window = scratch.plain.clear();
            SSLEngineResult result = records.unwrap(in, window);
            plain.append(window.flip()); // the first request came with the handshake's last message
            return result.getStatus() == SSLEngineResult.Status.CLOSED ? -1 : 1;
        } catch (NoRecordException e) {
            records.refuse(scratch.plain.clear());
            throw e;
        } finally {
            if (!released) {
                cipher.append(in);
            }
        }
    }

    /** BoringSSL ends a handshake only when it is asked again behind the last record. @return whether that changed anything */
    private boolean nudged() throws SSLException {
        if (!nudge) {
            return false;
        }
        nudge = false;
        engine.unwrap(NOTHING.clear(), scratch.plain.clear());
        return engine.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NEED_UNWRAP;
    }

    /** While the library computes: takes what comes, to notice when the client leaves. @return false when it has */
    boolean readAhead() throws IOException {
        ByteBuffer in = scratch.in.clear().limit(Math.max(0, IoLoop.BUFFER_SIZE - cipher.size()));
        if (!in.hasRemaining()) {
            below.suspendReads();
            return true;
        }
        int n = below.read(in);
        if (n > 0) {
            cipher.append(in.flip());
        }
        return n >= 0;
    }

    /** As many records as the target takes, without asking the socket again. */
    private int unwrap(ByteBuffer in, ByteBuffer target) throws IOException {
        int start = target.position();
        while (target.hasRemaining() && TlsRecords.whole(in)) {
            SSLEngineResult result;
            try {
                result = records.unwrap(in, target);
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
            } catch (NoRecordException e) {
                records.refuse(scratch.plain.clear());
                sayWhy();
                throw e;
            } catch (SSLException e) {
                sayWhy();
                throw e;
            }
            after(result.getHandshakeStatus());
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                break;
            }
        }
        return target.position() - start;
    }

    /** What the library wants after the handshake: answers to key updates, refusals of renegotiation. */
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
            if (lent.tellsLate()) {
                wrapOwn(); // what was wrong with a record comes as an exception behind the alert
            }
        }
    }

    /** Has the engine say what it has to say, such as a handshake's next flight. */
    void wrapOwn() throws IOException {
        if (released) {
            return;
        }
        ByteBuffer window = scratch.out.clear();
        try {
            SSLEngineResult result;
            do {
                result = engine.wrap(NOTHING.clear(), window);
            } while (result.bytesProduced() > 0
                    && result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
                    && window.remaining() >= TlsBuffers.RECORD);
        } finally {
            sendOwn(window.flip()); // an alert comes before the exception that it is about
        }
    }

    private void sendOwn(ByteBuffer made) throws IOException {
        if (unsent.isEmpty()) {
            out.write(made);
        }
        if (made.hasRemaining() && unsent.size() > MOST_UNSENT) {
            throw new IOException("it asks for more answers than it reads");
        }
        unsent.append(made);
    }

    /** Tells the client by an alert why it ends, as far as the socket takes it. */
    void sayWhy() {
        if (released) {
            return;
        }
        try {
            wrapOwn(); // BoringSSL has it ready without saying so
            if (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
                wrapOwn();
            }
        } catch (IOException e) {
            LOG.debug("an alert did not leave: {}", e.getMessage());
        }
    }

    /** Whether ciphertext waits for the socket. */
    boolean unsent() {
        return !unsent.isEmpty();
    }

    /**
     * Writes what waits for the socket.
     *
     * @return whether nothing waits any more
     */
    boolean flush() throws IOException {
        if (released) {
            throw new ClosedChannelException();
        }
        if (!unsent.isEmpty()) {
            out.write(unsent.bytes());
        }
        return unsent.settle();
    }

    /** Writes ciphertext; the rest waits, and is {@link #unsent}. */
    void send(ByteBuffer made) throws IOException {
        out.write(made);
        unsent.append(made);
    }

    ByteBuffer window() {
        return scratch.out.clear();
    }

    ByteBuffer fileWindow() {
        return scratch.plain.clear();
    }

    @Override
    public void closeNotify() {
        if (released || engine.isOutboundDone()) {
            return;
        }
        try {
            engine.closeOutbound();
            if (flush()) {
                wrapOwn();
            }
        } catch (IOException e) {
            LOG.debug("the end of a TLS connection did not leave: {}", e.getMessage());
        }
    }

    @Override
    public void release() {
        if (released) {
            return;
        }
        released = true;
        cipher.release();
        plain.release();
        unsent.release();
        loop.memory().heap(-BoringEngines.NATIVE_BYTES);
        lent.release();
    }
}
