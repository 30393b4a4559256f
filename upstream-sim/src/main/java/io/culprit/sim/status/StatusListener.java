package io.culprit.sim.status;

import io.culprit.sim.pool.Pool;
import io.culprit.sim.protocol.Connection;
import io.culprit.sim.protocol.FastCgiConversation;
import io.culprit.sim.protocol.ScriptRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code pm.status_listen}: a socket of its own, so that the page answers while the pool is saturated. */
public final class StatusListener {
    private final ServerSocketChannel server;
    private final Pool pool;
    private final @Nullable Path socketFile;

    private StatusListener(ServerSocketChannel server, Pool pool, @Nullable Path socketFile) {
        this.server = server;
        this.pool = pool;
        this.socketFile = socketFile;
    }

    /**
     * @param listen {@code /path} or {@code host:port}
     * @throws IOException when it cannot be bound
     */
    public static StatusListener open(String listen, Pool pool) throws IOException {
        boolean unix = listen.startsWith("/");
        ServerSocketChannel server =
                unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        int colon = listen.lastIndexOf(':');
        SocketAddress address = unix
                ? UnixDomainSocketAddress.of(listen)
                : new InetSocketAddress(listen.substring(0, colon), Integer.parseInt(listen.substring(colon + 1)));
        if (unix) {
            Files.deleteIfExists(Path.of(listen));
        }
        server.bind(address);
        var listener = new StatusListener(server, pool, unix ? Path.of(listen) : null);
        Thread thread = new Thread(listener::run, "sim-status-" + pool.config().name());
        thread.setDaemon(true);
        thread.start();
        return listener;
    }

    private void run() {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                answer(new Connection(channel));
            } catch (AsynchronousCloseException e) {
                return; // the pool is gone
            } catch (IOException e) {
                if (server.isOpen()) {
                    System.err.println("culprit sim: the status listener: " + e.getMessage());
                }
            }
        }
    }

    private void answer(Connection connection) throws IOException {
        var talk = new FastCgiConversation(connection);
        Optional<ScriptRequest> request = talk.awaitBytes() ? talk.request() : Optional.empty();
        if (request.isEmpty()) {
            return;
        }
        Optional<StatusPage.Answer> page = StatusPage.answer(pool, request.get());
        if (page.isPresent()) {
            byte[] body = page.get().body();
            talk.output().head(200, "OK", page.get().headers());
            talk.output().body(body, 0, body.length);
        } else {
            byte[] body = "File not found.\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            talk.output().stderr("Primary script unknown");
            talk.output().head(404, "Not Found", List.of("Content-type: text/html; charset=UTF-8"));
            talk.output().body(body, 0, body.length);
        }
        talk.output().end();
        connection.finish();
    }

    public void close() {
        try {
            server.close();
            if (socketFile != null) {
                Files.deleteIfExists(socketFile);
            }
        } catch (IOException e) {
            System.err.println("culprit sim: closing the status listener failed: " + e.getMessage());
        }
    }
}
