package io.culprit.bench.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An upstream with so many workers, first come first served, which works on each request for as long as its header {@code
 * X-Work-Micros} says, and to the end whether somebody waits for the answer or not, as PHP-FPM does.
 */
final class WorkingUpstream implements AutoCloseable {
    private static final String WORK = "X-Work-Micros: ";
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
    private final Semaphore workers;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong attempts = new AtomicLong();
    private final AtomicLong usefulNanos = new AtomicLong();
    private final AtomicLong wastedNanos = new AtomicLong();
    private volatile boolean closed;

    WorkingUpstream(int workers) throws IOException {
        this.workers = new Semaphore(workers, true);
        Thread acceptor = new Thread(this::accept, "upstream-accept");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    long attempts() {
        return attempts.get();
    }

    double usefulSeconds() {
        return usefulNanos.get() / 1e9;
    }

    double wastedSeconds() {
        return wastedNanos.get() / 1e9;
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Thread thread = new Thread(() -> serve(client), "upstream-worker");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // closed: the loop ends; any other trouble concerns one client only
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            for (long micros = request(in); micros >= 0; micros = request(in)) {
                attempts.incrementAndGet();
                workers.acquire();
                try {
                    TimeUnit.MICROSECONDS.sleep(micros);
                } finally {
                    workers.release();
                }
                answer(client, in, micros * 1000);
            }
        } catch (IOException e) {
            // the gateway left
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private void answer(Socket client, InputStream in, long worked) throws IOException {
        if (gone(client, in)) {
            wastedNanos.addAndGet(worked);
            throw new IOException("nobody waits");
        }
        client.getOutputStream().write(ANSWER);
        usefulNanos.addAndGet(worked);
    }

    /** Whether the other side has closed: nothing but the end can come before our answer. */
    private static boolean gone(Socket client, InputStream in) throws IOException {
        client.setSoTimeout(1);
        try {
            in.mark(1);
            int b = in.read();
            if (b >= 0) {
                in.reset();
            }
            return b < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } finally {
            client.setSoTimeout(0);
        }
    }

    /** Reads one request's head; the work it asks for in microseconds, -1 at the end. */
    private static long request(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder(256);
        while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
            int b = in.read();
            if (b < 0) {
                return -1;
            }
            head.append((char) b);
        }
        int work = head.indexOf(WORK);
        return work < 0 ? 0 : Long.parseLong(head.substring(work + WORK.length(), head.indexOf("\r", work)));
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
