package io.culprit.upstream.tls;

import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.OnLoop;
import io.culprit.server.Engine;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.UpstreamChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/**
 * A socket whose other end is a TLS server in this process: the test says how much the socket takes and gives. All of it belongs to
 * the loop's thread; {@link #on} is the way there.
 */
final class TlsEnd implements UpstreamChannel {
    private final XnioWorker worker;
    final IoLoop loop;
    final SSLEngine server;
    private ChannelHandler handler;
    private byte[] toServer = {};
    private byte[] toGateway = {};

    /** Bytes it takes from now on. */
    long room = Long.MAX_VALUE;

    boolean ended;
    IOException trouble;
    boolean writesWanted;
    boolean readsSuspended;
    boolean closed;
    int reads;

    TlsEnd(SSLContext context) throws IOException {
        worker = Xnio.getInstance()
                .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.WORKER_TASK_CORE_THREADS, 1));
        loop = new IoLoop(worker.getIoThread(0), 0, MemoryBudget.of(2_500_000, 1_000_000_000, 0, 100));
        server = context.createSSLEngine();
        server.setUseClientMode(false);
    }

    <T> T on(Callable<T> step) throws Exception {
        return OnLoop.call(loop, step);
    }

    /** Both ends shake hands; then the channel belongs to this handler. */
    UpstreamChannel shake(PeerTls tls, ChannelHandler user) throws Exception {
        CompletableFuture<UpstreamChannel> result = new CompletableFuture<>();
        on(() -> {
            new UpstreamHandshake(
                            tls,
                            this,
                            loop,
                            "up.test",
                            443,
                            result::complete,
                            failure -> result.completeExceptionally(new AssertionError(failure)))
                    .start();
            return null;
        });
        Engine.await("the handshake", () -> {
            answer();
            return result.isDone() && finished();
        });
        UpstreamChannel channel = result.get();
        on(() -> {
            channel.handler(user);
            return null;
        });
        return channel;
    }

    private boolean finished() {
        return server.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
    }

    /** The server takes what came, and what it has to say to it arrives. */
    private void answer() {
        try {
            on(() -> {
                serverReads();
                serverSays("");
                return null;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** What the server understands of what it was sent; {@code [end]} at a proper end. */
    String serverReads() throws SSLException {
        StringBuilder all = new StringBuilder();
        ByteBuffer in = ByteBuffer.wrap(toServer);
        ByteBuffer plain = ByteBuffer.allocate(40_000);
        while (in.hasRemaining()) {
            SSLEngineResult result = server.unwrap(in, plain.clear());
            all.append(StandardCharsets.ISO_8859_1.decode(plain.flip()));
            tasks();
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                all.append("[end]");
                break;
            }
            if (result.bytesConsumed() == 0
                    && result.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NEED_UNWRAP_AGAIN) {
                break;
            }
        }
        toServer = Arrays.copyOfRange(toServer, in.position(), toServer.length);
        return all.toString();
    }

    private void tasks() {
        for (Runnable task = server.getDelegatedTask(); task != null; task = server.getDelegatedTask()) {
            task.run();
        }
    }

    /** The server's records of this text, without their being sent. */
    byte[] records(String text) throws SSLException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer source = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer record = ByteBuffer.allocate(20_000);
        while (source.hasRemaining() || server.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
            SSLEngineResult result = server.wrap(source, record.clear());
            all.write(record.array(), 0, record.position());
            tasks();
            if (result.bytesProduced() == 0 && result.bytesConsumed() == 0) {
                break;
            }
        }
        return all.toByteArray();
    }

    void serverSays(String text) throws SSLException {
        arrives(records(text));
    }

    /** Its close_notify. */
    void serverEnds() throws SSLException {
        server.closeOutbound();
        arrives(records(""));
    }

    /** These bytes come, and whoever listens is told. */
    void arrives(byte[] bytes) {
        byte[] all = Arrays.copyOf(toGateway, toGateway.length + bytes.length);
        System.arraycopy(bytes, 0, all, toGateway.length, bytes.length);
        toGateway = all;
        tell();
    }

    /** What came is told of once more, as a selector does while something is left. */
    void tell() {
        if (!readsSuspended && (toGateway.length > 0 || ended || trouble != null)) {
            handler.readable();
        }
    }

    void ends() {
        ended = true;
        tell();
    }

    /** The socket takes so much, and says so where that is wanted. */
    void takes(long bytes) {
        room = bytes;
        if (writesWanted) {
            handler.writable();
        }
    }

    int sentToServer() {
        return toServer.length;
    }

    @Override
    public boolean connected() {
        return true;
    }

    @Override
    public void handler(ChannelHandler newHandler) {
        handler = newHandler;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        reads++;
        if (toGateway.length == 0 && trouble != null) {
            throw trouble;
        }
        if (toGateway.length == 0) {
            return ended ? -1 : 0;
        }
        int n = Math.min(target.remaining(), toGateway.length);
        target.put(toGateway, 0, n);
        toGateway = Arrays.copyOfRange(toGateway, n, toGateway.length);
        return n;
    }

    @Override
    public int write(ByteBuffer source) {
        int n = (int) Math.min(room, source.remaining());
        byte[] all = Arrays.copyOf(toServer, toServer.length + n);
        source.get(all, toServer.length, n);
        toServer = all;
        room -= n;
        return n;
    }

    @Override
    public void shutdownOutput() {
        throw new AssertionError("TLS has an end of its own");
    }

    @Override
    public void resumeWrites() {
        writesWanted = true;
    }

    @Override
    public void suspendWrites() {
        writesWanted = false;
    }

    @Override
    public void resumeReads() {
        readsSuspended = false;
    }

    @Override
    public void suspendReads() {
        readsSuspended = true;
    }

    @Override
    public void close() {
        closed = true;
    }

    void stop() {
        worker.shutdown();
    }
}
