package io.culprit.proof.see;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers every connection with the same bytes, whatever was asked, and closes. */
public final class RawUpstream implements AutoCloseable {
    private final ServerSocket listener;

    private RawUpstream(ServerSocket listener) {
        this.listener = listener;
    }

    public static RawUpstream answering(String bytes) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> serve(listener, bytes.getBytes(StandardCharsets.ISO_8859_1)), "raw-upstream");
        thread.setDaemon(true);
        thread.start();
        return new RawUpstream(listener);
    }

    private static void serve(ServerSocket listener, byte[] answer) {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                if (client.getInputStream().read(new byte[8192]) > 0) {
                    client.getOutputStream().write(answer);
                    client.shutdownOutput();
                }
            } catch (IOException e) {
                // the listener was closed, or this client left: the next one is served
            }
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
