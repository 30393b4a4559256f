package io.culprit.proof.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers every request with its own head, and counts the bytes of body it was sent. */
public final class EchoUpstream implements AutoCloseable {
    private final ServerSocket listener;

    private EchoUpstream(ServerSocket listener) {
        this.listener = listener;
    }

    public static EchoUpstream start() throws IOException {
        return start(0);
    }

    /** On this port, or on a free one for 0. */
    public static EchoUpstream start(int port) throws IOException {
        var echo = new EchoUpstream(new ServerSocket(port));
        Thread thread = new Thread(echo::serve, "echo");
        thread.setDaemon(true);
        thread.start();
        return echo;
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                InputStream in = socket.getInputStream();
                var head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int b = in.read();
                    if (b < 0) {
                        break;
                    }
                    head.append((char) b);
                }
                socket.getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + head)
                                .getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // the test is over, or the client left
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
