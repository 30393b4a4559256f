package io.culprit.proof.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A listener that never accepts and whose accept queue is full: the kernel drops further SYNs. */
public final class FullBacklog implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> fillers = new ArrayList<>();

    private FullBacklog(ServerSocket listener) {
        this.listener = listener;
    }

    public static FullBacklog open() throws IOException {
        var full = new FullBacklog(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
        for (int i = 0; i < 8; i++) {
            Socket filler = new Socket();
            full.fillers.add(filler);
            try {
                filler.connect(new InetSocketAddress("127.0.0.1", full.port()), 200);
            } catch (java.net.SocketTimeoutException e) {
                return full;
            }
        }
        throw new IOException("the backlog did not fill");
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket filler : fillers) {
            filler.close();
        }
        listener.close();
    }
}
