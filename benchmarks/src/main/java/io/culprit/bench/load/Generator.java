package io.culprit.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.DoubleConsumer;

/**
 * Sends requests when they are due, whatever has become of those before: no answer that is late holds back what comes
 * next, and all is measured from the moment it was due (no coordinated omission). One thread, one selector; idle
 * connections are used again, newest first. Its own lateness is measured, so that a generator which cannot keep up is
 * told instead of taken for a slow gateway.
 */
final class Generator implements AutoCloseable {
    private static final byte[] CAUSE = "cause=\"".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER = 32 * 1024;

    private final InetSocketAddress target;
    private final String host;
    private final Plan plan;
    private final Cell cell;
    private final Selector selector;
    private final ArrayDeque<Client> idle = new ArrayDeque<>();
    private final PriorityQueue<Client> patience = new PriorityQueue<>(Comparator.comparingLong(c -> c.leavesAt));
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private long start;
    private int open;

    /** One connection and what is under way on it. */
    private final class Client {
        private final SocketChannel channel;
        private final SelectionKey key;
        private ByteBuffer out;
        private boolean connected;
        private boolean busy;
        private boolean fresh = true;
        private long due;
        private long sent;
        private long leavesAt;
        private final StringBuilder head = new StringBuilder(512);
        private long bodyLeft;
        private boolean inBody;
        private boolean chunked;
        private String tail = "";
        private String outcome = "";
        private Plan.Request request;
        private int number;

        Client() throws IOException {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            connected = channel.connect(target);
            key = channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
        }
    }

    Generator(InetSocketAddress target, String host, Plan plan, Cell cell) throws IOException {
        this.target = target;
        this.host = host;
        this.plan = plan;
        this.cell = cell;
        this.selector = Selector.open();
    }

    /**
     * Sends all and waits until each has its answer or its client has left.
     *
     * @param progress told how much of the time has passed, 0 to 1
     */
    void run(List<Plan.Request> requests, DoubleConsumer progress) throws IOException {
        start = System.nanoTime();
        long told = 0;
        int next = 0;
        while (next < requests.size() || !patience.isEmpty()) {
            long now = System.nanoTime() - start;
            while (next < requests.size() && requests.get(next).atNanos() <= now) {
                send(requests.get(next), next);
                next++;
            }
            leave(now);
            long wake = Long.MAX_VALUE;
            if (next < requests.size()) {
                wake = requests.get(next).atNanos();
            }
            if (!patience.isEmpty()) {
                wake = Math.min(wake, patience.peek().leavesAt);
            }
            select(wake);
            if (now - told > 250_000_000L) {
                told = now;
                progress.accept(
                        Math.min(1, now / (double) plan.arrivals().duration().toNanos()));
            }
        }
    }

    /** The kernel wakes up to a millisecond late; the last bit is spent looking. */
    private void select(long wakeNanos) throws IOException {
        long left = wakeNanos - (System.nanoTime() - start);
        if (left > 1_500_000) {
            selector.select(Math.max(1, (left - 1_000_000) / 1_000_000));
        } else {
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            ready((Client) key.attachment());
        }
        selector.selectedKeys().clear();
    }

    private void send(Plan.Request request, int number) throws IOException {
        Client client = idle.pollFirst();
        if (client == null) {
            try {
                client = new Client();
                open++;
            } catch (IOException e) {
                cell.ended("generator: " + e.getMessage(), request.atNanos(), request.atNanos(), request.atNanos());
                return;
            }
        } else {
            client.fresh = false;
        }
        client.busy = true;
        client.request = request;
        client.number = number;
        client.due = request.atNanos();
        client.head.setLength(0);
        client.inBody = false;
        client.leavesAt = client.due + plan.patience().toNanos();
        String path = plan.paths().get(number % plan.paths().size());
        client.out = ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nX-Work-Micros: "
                        + request.workNanos() / 1000 + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        patience.add(client);
        client.sent = System.nanoTime() - start;
        cell.lateness.recordValue(Math.max(0, client.sent - client.due) / 1000);
        if (client.connected) {
            write(client);
        }
    }

    private void ready(Client client) {
        try {
            if (!client.connected && client.key.isConnectable()) {
                client.channel.finishConnect();
                client.connected = true;
                client.key.interestOps(SelectionKey.OP_READ);
                write(client);
            }
            if (client.connected) {
                if (client.key.isValid() && client.key.isWritable()) {
                    write(client);
                }
                if (client.key.isValid() && client.key.isReadable()) {
                    read(client);
                }
            }
        } catch (IOException e) {
            broken(client, e.getMessage());
        }
    }

    private void write(Client client) throws IOException {
        if (client.busy && client.out.hasRemaining()) {
            client.channel.write(client.out);
            client.key.interestOps(
                    client.out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private void read(Client client) throws IOException {
        in.clear();
        int n = client.channel.read(in);
        if (n < 0) {
            broken(client, "closed");
            return;
        }
        in.flip();
        if (client.busy && take(client)) {
            end(client, client.outcome, true);
        }
    }

    /** Takes what has come; true when the response is whole. */
    private boolean take(Client client) {
        if (!client.inBody) {
            while (in.hasRemaining()) {
                client.head.append((char) (in.get() & 0xff));
                int length = client.head.length();
                if (length >= 4 && client.head.charAt(length - 1) == '\n' && client.head.charAt(length - 3) == '\n') {
                    head(client);
                    break;
                }
            }
            if (!client.inBody) {
                return false;
            }
        }
        if (client.chunked) {
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            String text = client.tail + new String(rest, StandardCharsets.ISO_8859_1);
            client.tail = text.substring(Math.max(0, text.length() - 5));
            return client.tail.equals("0\r\n\r\n");
        }
        client.bodyLeft -= in.remaining();
        return client.bodyLeft <= 0;
    }

    private void head(Client client) {
        client.inBody = true;
        client.tail = "";
        String head = client.head.toString();
        int status = Integer.parseInt(head.substring(9, 12));
        String lower = head.toLowerCase(java.util.Locale.ROOT);
        int length = lower.indexOf("content-length:");
        client.chunked = lower.contains("transfer-encoding: chunked");
        client.bodyLeft = length < 0
                ? 0
                : Long.parseLong(
                        head.substring(length + 15, head.indexOf('\r', length)).trim());
        client.outcome = status / 100 == 2 || status / 100 == 3 ? Cell.GOOD : outcome(head, status);
    }

    /** What Culprit names in Proxy-Status; of other gateways only the status is known. */
    private static String outcome(String head, int status) {
        String marker = new String(CAUSE, StandardCharsets.US_ASCII);
        int cause = head.indexOf(marker);
        return cause < 0
                ? "status " + status
                : head.substring(cause + marker.length(), head.indexOf('"', cause + marker.length()));
    }

    private void leave(long now) {
        while (!patience.isEmpty() && patience.peek().leavesAt <= now) {
            Client client = patience.poll();
            if (client.busy) {
                client.busy = false;
                cell.ended("client.closed", client.due, client.sent, now);
                close(client);
            }
        }
    }

    private void end(Client client, String outcome, boolean keep) {
        client.busy = false;
        patience.remove(client);
        cell.ended(outcome, client.due, client.sent, System.nanoTime() - start);
        if (keep && client.channel.isOpen()) {
            idle.addFirst(client);
        } else {
            close(client);
        }
    }

    private void broken(Client client, String why) {
        if (!client.busy) {
            idle.remove(client);
            close(client);
        } else if (!client.fresh && client.head.isEmpty()) {
            // A kept connection that was closed meanwhile: sent again on another one, as every client does.
            client.busy = false;
            patience.remove(client);
            close(client);
            try {
                send(client.request, client.number);
            } catch (IOException e) {
                cell.ended("generator: " + e.getMessage(), client.due, client.sent, System.nanoTime() - start);
            }
        } else {
            end(client, "connection " + (why == null ? "broken" : why), false);
        }
    }

    private void close(Client client) {
        open--;
        client.key.cancel();
        try {
            client.channel.close();
        } catch (IOException e) {
            // it is gone already
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
