package io.culprit.bench.peers.usage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own on the proxy's core: for each line it reads, it sends bytes over loopback for a moment and says how many
 * nanoseconds of CPU time a system call took. One thread.
 */
final class StateProbe {
    private static final int ROUND_TRIPS = 3_000;
    private static final int BURSTS = 5;

    /** Write, epoll_wait, read. */
    private static final int CALLS = 3;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final SocketChannel from;
    private final SocketChannel to;
    private final Selector selector;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(64);

    private StateProbe() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            from = SocketChannel.open(listener.getLocalAddress());
            to = listener.accept();
        }
        selector = Selector.open();
        to.configureBlocking(false);
        to.register(selector, SelectionKey.OP_READ);
    }

    public static void main(String... arguments) throws IOException {
        StateProbe probe = new StateProbe();
        long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() < warm) {
            probe.burst();
        }
        try (BufferedReader questions =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            while (questions.readLine() != null) {
                double least = Double.MAX_VALUE;
                for (int i = 0; i < BURSTS; i++) {
                    least = Math.min(least, probe.burst());
                }
                System.out.println(least);
            }
        }
    }

    /** Nanoseconds of a call. */
    private double burst() throws IOException {
        long before = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < ROUND_TRIPS; i++) {
            bytes.clear();
            from.write(bytes);
            selector.select();
            selector.selectedKeys().clear();
            bytes.clear();
            to.read(bytes);
        }
        return (double) (THREADS.getCurrentThreadCpuTime() - before) / (ROUND_TRIPS * CALLS);
    }
}
