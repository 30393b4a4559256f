package io.culprit.upstream.tls;

import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.loop.OnLoop;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.UpstreamChannel;
import io.culprit.upstream.channel.UpstreamSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** A server on loopback that does what the test says, and a handshake with it on an IO thread. */
final class TlsDial implements AutoCloseable {
    /** A server's side of one connection. */
    interface Server {
        void serve(Socket connection) throws Exception;
    }

    private final XnioWorker worker;
    final IoLoop loop;
    private final ServerSocket server;
    final Queue<Throwable> troubles = new ConcurrentLinkedQueue<>();

    TlsDial(ServerSocket server, Server behaviour) throws IOException {
        worker = Xnio.getInstance()
                .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.WORKER_TASK_CORE_THREADS, 1));
        loop = new IoLoop(worker.getIoThread(0), 0);
        this.server = server;
        Thread thread = new Thread(() -> serve(behaviour), "tls-server");
        thread.setDaemon(true);
        thread.start();
    }

    static ServerSocket plain() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    }

    private void serve(Server behaviour) {
        try (Socket connection = server.accept()) {
            connection.setSoTimeout(10_000);
            behaviour.serve(connection);
        } catch (Exception | Error e) {
            troubles.add(e);
        }
    }

    /** What a handshake came to: one of the two. */
    record Result(UpstreamChannel channel, Failure failure) {}

    /** Connects and shakes hands with a server of this name. */
    Result shake(PeerTls tls, String host) throws Exception {
        CompletableFuture<Result> result = new CompletableFuture<>();
        CompletableFuture<UpstreamChannel> socket = new CompletableFuture<>();
        int port = server.getLocalPort();
        on(() -> {
            Connecting connecting = new Connecting(socket);
            UpstreamSocket opened = UpstreamSocket.connect(loop, new InetSocketAddress("127.0.0.1", port), connecting);
            connecting.opened = opened;
            if (opened.connected()) {
                socket.complete(opened);
            }
            socket.thenAccept(below -> new UpstreamHandshake(
                            tls,
                            below,
                            loop,
                            host,
                            port,
                            channel -> result.complete(new Result(channel, null)),
                            failure -> result.complete(new Result(null, failure)))
                    .start());
            return null;
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    /** Runs on the IO thread. */
    <T> T on(Callable<T> step) throws Exception {
        return OnLoop.call(loop, step);
    }

    /** Everything until the end; then {@code [end]}, {@code [cut]} where it was no proper one, or what was thrown. */
    String read(UpstreamChannel channel) throws Exception {
        StringBuilder all = new StringBuilder();
        CompletableFuture<String> result = new CompletableFuture<>();
        on(() -> {
            channel.handler(new Reading(channel, all, result));
            channel.resumeReads();
            return null;
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    void write(UpstreamChannel channel, String text) throws Exception {
        on(() -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
    }

    @Override
    public void close() throws IOException {
        server.close();
        worker.shutdown();
    }

    /** Fails whatever is not expected. */
    abstract static class Handler implements ChannelHandler {
        @Override
        public void connected() {
            throw new AssertionError("connected");
        }

        @Override
        public void connectFailed(IOException e) {
            throw new AssertionError(e);
        }

        @Override
        public void readable() {
            throw new AssertionError("readable");
        }

        @Override
        public void writable() {}

        @Override
        public void abandoned(String why) {
            // the worker ends with the test
        }
    }

    private static final class Connecting extends Handler {
        private final CompletableFuture<UpstreamChannel> socket;
        private UpstreamChannel opened;

        private Connecting(CompletableFuture<UpstreamChannel> socket) {
            this.socket = socket;
        }

        @Override
        public void connected() {
            socket.complete(opened);
        }
    }

    private static final class Reading extends Handler {
        private final UpstreamChannel channel;
        private final StringBuilder all;
        private final CompletableFuture<String> result;

        private Reading(UpstreamChannel channel, StringBuilder all, CompletableFuture<String> result) {
            this.channel = channel;
            this.all = all;
            this.result = result;
        }

        @Override
        public void readable() {
            ByteBuffer in = ByteBuffer.allocate(10_000);
            try {
                int n = channel.read(in);
                if (n < 0) {
                    result.complete(all + (channel.endedProperly() ? "[end]" : "[cut]"));
                }
                all.append(StandardCharsets.ISO_8859_1.decode(in.flip()));
            } catch (IOException e) {
                result.complete(all + "["
                        + HandshakeFailure.behind(e)
                                .map(each -> each.cause().id() + ": " + each.detail())
                                .orElse(String.valueOf(e.getMessage()))
                        + "]");
            }
        }
    }
}
