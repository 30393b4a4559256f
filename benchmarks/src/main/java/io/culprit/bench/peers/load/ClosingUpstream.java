package io.culprit.bench.peers.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** Answers each request at once and closes a connection that then says nothing for 20 to 80 ms, at random. A thread for each. */
public final class ClosingUpstream implements AutoCloseable {
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());

    public ClosingUpstream() throws IOException {
        Thread accepting = new Thread(this::accept, "closing-upstream");
        accepting.setDaemon(true);
        accepting.start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket peer = listener.accept();
                Thread thread = new Thread(() -> serve(peer), "closing-upstream");
                thread.setDaemon(true);
                thread.start();
            } catch (SocketException e) {
                return; // it is over
            } catch (IOException e) {
                System.err.println("culprit: the upstream cannot accept: " + e.getMessage());
            }
        }
    }

    private static void serve(Socket peer) {
        byte[] buffer = new byte[8192];
        try (peer) {
            peer.setTcpNoDelay(true);
            InputStream in = peer.getInputStream();
            while (true) {
                peer.setSoTimeout(20 + ThreadLocalRandom.current().nextInt(61));
                if (in.read(buffer) < 0) {
                    return;
                }
                peer.getOutputStream().write(ANSWER);
            }
        } catch (SocketTimeoutException e) {
            // idle for long enough: this is the close that is meant
        } catch (IOException e) {
            // the proxy closed first
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
