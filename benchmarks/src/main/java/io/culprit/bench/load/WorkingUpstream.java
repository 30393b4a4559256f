package io.culprit.bench.load;

import io.culprit.bench.load.plan.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * An upstream with so many workers, first come first served, which works on each attempt for as long as the request's
 * header says, and to the end whether somebody waits for the answer or not, as PHP-FPM does. It listens on several ports
 * in front of the same workers, so that a gateway may try another server. One thread for each connection.
 */
final class WorkingUpstream implements AutoCloseable {
    /** {@code X-Load: NUMBER LEAVES WORK...}: which request, when its client leaves, microseconds of each attempt. */
    static final String HEADER = "X-Load: ";

    private static final ByteBuffer ANSWER =
            ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));

    private final List<ServerSocketChannel> listeners = new ArrayList<>();
    private final Semaphore workers;
    private final long readNanos;
    private final int tries;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final Map<Long, Integer> attemptsOf = new ConcurrentHashMap<>();
    private final Set<Job> underWay = ConcurrentHashMap.newKeySet();
    private final Cell totals;
    private volatile boolean closed;

    /** One attempt that is worked on or waits for a worker. */
    private static final class Job {
        final long arrived = System.nanoTime();
        final long leaves;
        final long workNanos;
        final boolean last;

        Job(long leaves, long workNanos, boolean last) {
            this.leaves = leaves;
            this.workNanos = workNanos;
            this.last = last;
        }
    }

    /**
     * @param ports how many it listens on
     * @param settings the gateway's, to know by how much an attempt missed its answer
     */
    WorkingUpstream(int workers, int ports, Settings settings) throws IOException {
        this.workers = new Semaphore(workers, true);
        this.readNanos = settings.read().toNanos();
        this.tries = settings.tries();
        this.totals = new Cell(settings, false);
        for (int i = 0; i < ports; i++) {
            ServerSocketChannel listener =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
            listeners.add(listener);
            thread(() -> accept(listener), "upstream-accept");
        }
    }

    private static void thread(Runnable what, String name) {
        Thread thread = new Thread(null, what, name, 128 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    List<Integer> ports() {
        return listeners.stream().map(l -> l.socket().getLocalPort()).toList();
    }

    /** Forgets what was counted so far: the warm-up. */
    synchronized void forget() {
        totals.attempts = 0;
        totals.work.reset();
        totals.missedBy.reset();
        attemptsOf.clear();
    }

    synchronized long attempts() {
        return totals.attempts;
    }

    /**
     * Adds what was seen to a cell. What is still worked on has been given up by everybody, and counts as it will end.
     */
    synchronized void report(Cell cell) {
        for (Job each : underWay) {
            wasted(each, Math.max(System.nanoTime(), each.arrived + each.workNanos));
        }
        underWay.clear();
        cell.seesUpstream = true;
        cell.attempts = totals.attempts;
        cell.admitted = attemptsOf.size();
        cell.work.add(totals.work);
        cell.missedBy.add(totals.missedBy);
    }

    private void accept(ServerSocketChannel listener) {
        while (!closed) {
            try {
                SocketChannel client = listener.accept();
                open.add(client);
                if (closed) {
                    client.close(); // came while the listener was being closed
                    return;
                }
                thread(() -> serve(client), "upstream-worker");
            } catch (IOException e) {
                // closed: the loop ends; any other trouble concerns one client only
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer in = ByteBuffer.allocate(16 * 1024);
            for (Optional<Job> job = next(client, in); job.isPresent(); job = next(client, in)) {
                work(client, job.get());
            }
        } catch (IOException e) {
            // the gateway left
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private void work(SocketChannel client, Job job) throws IOException, InterruptedException {
        underWay.add(job);
        workers.acquire();
        try {
            TimeUnit.NANOSECONDS.sleep(job.workNanos);
        } finally {
            workers.release();
        }
        synchronized (this) {
            if (!underWay.remove(job)) {
                return; // reported already
            }
        }
        if (gone(client)) {
            wasted(job, System.nanoTime());
            throw new IOException("nobody waits");
        }
        useful(job);
        client.write(ANSWER.duplicate());
    }

    private synchronized void useful(Job job) {
        totals.work.useful(job.workNanos / 1e9);
    }

    private synchronized void wasted(Job job, long end) {
        totals.work.wasted(job.workNanos / 1e9);
        long tooLate = end - job.arrived - readNanos;
        if (job.last && tooLate >= 0 && end <= job.leaves) {
            totals.missed(tooLate);
        }
    }

    /** Whether the other side has closed or reset: nothing but the end can come before our answer. */
    private static boolean gone(SocketChannel client) throws IOException {
        client.configureBlocking(false);
        try {
            return client.read(ByteBuffer.allocate(1)) != 0;
        } catch (IOException e) {
            return true;
        } finally {
            client.configureBlocking(true);
        }
    }

    /** Reads one request; empty at the end. */
    private Optional<Job> next(SocketChannel client, ByteBuffer in) throws IOException {
        in.clear();
        int end = -1;
        while (end < 0) {
            if (client.read(in) < 0) {
                return Optional.empty();
            }
            end = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
        }
        String head = new String(in.array(), 0, end + 2, StandardCharsets.ISO_8859_1);
        long left = length(head) - (in.position() - end - 4);
        while (left > 0) {
            in.clear();
            int n = client.read(in);
            if (n < 0) {
                return Optional.empty();
            }
            left -= n;
        }
        return Optional.of(job(head));
    }

    private static long length(String head) {
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("\r\ncontent-length:");
        return at < 0
                ? 0
                : Long.parseLong(
                        head.substring(at + 17, head.indexOf('\r', at + 17)).trim());
    }

    private synchronized Job job(String head) {
        totals.attempts++;
        int at = head.indexOf(HEADER);
        if (at < 0) {
            return new Job(0, 0, true);
        }
        String[] parts =
                head.substring(at + HEADER.length(), head.indexOf('\r', at)).split(" ");
        int attempt = attemptsOf.merge(Long.parseLong(parts[0]), 1, Integer::sum);
        long micros = Long.parseLong(parts[Math.min(1 + attempt, parts.length - 1)]);
        return new Job(Long.parseLong(parts[1]), micros * 1000, attempt >= tries);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        for (ServerSocketChannel each : listeners) {
            each.close();
        }
        for (SocketChannel each : open) {
            each.close();
        }
    }
}
