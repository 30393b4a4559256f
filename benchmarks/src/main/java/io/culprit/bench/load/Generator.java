package io.culprit.bench.load;

import io.culprit.bench.load.plan.Plan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleConsumer;

/**
 * Sends requests when they are due, whatever has become of those before: no answer that is late holds back what comes
 * next, and all is measured from the moment it was due (no coordinated omission). One thread, one selector; idle
 * connections are used again, newest first. Its own lateness is measured, so that a generator which cannot keep up is
 * told instead of taken for a slow gateway.
 */
final class Generator implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    /** The selector wakes up to a millisecond late; shorter waits are slept through in steps of this length. */
    private static final long STEP_NANOS = 100_000;

    private static final long SELECT_NANOS = 1_500_000;

    private final InetSocketAddress target;
    private final Plan plan;
    private final Cell cell;
    private final List<String> heads;
    private final Selector selector;
    private final ArrayDeque<LoadConnection> idle = new ArrayDeque<>();

    /** In the order in which clients lose patience, which is the order of being due; those that ended are skipped. */
    private final ArrayDeque<Waiting> patience = new ArrayDeque<>();

    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private long start;
    private int outstanding;

    private record Waiting(LoadConnection connection, LoadConnection.Pending pending) {}

    /**
     * @param authority what the Host header says
     */
    Generator(InetSocketAddress target, String authority, Plan plan, Cell cell) throws IOException {
        this.target = target;
        this.plan = plan;
        this.cell = cell;
        this.heads = plan.mix().stream().map(ask -> head(ask, authority)).toList();
        this.selector = Selector.open();
    }

    private static String head(Plan.Ask ask, String authority) {
        return "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s"
                .formatted(
                        ask.method(),
                        ask.path(),
                        authority,
                        ask.headers(),
                        ask.bodyBytes() > 0 ? "Content-Length: " + ask.bodyBytes() + "\r\n" : "");
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
        while (next < requests.size() || outstanding > 0) {
            long now = System.nanoTime() - start;
            while (next < requests.size() && requests.get(next).atNanos() <= now) {
                outstanding++;
                Plan.Request request = requests.get(next);
                send(new LoadConnection.Pending(request, next++, System.nanoTime() - start));
            }
            leave(now);
            if (outstanding > 0 || next < requests.size()) {
                await(next < requests.size() ? requests.get(next).atNanos() : Long.MAX_VALUE);
            }
            if (now - told > 250_000_000L) {
                told = now;
                progress.accept(
                        Math.min(1, now / (double) plan.arrivals().duration().toNanos()));
            }
        }
    }

    private long leaves(LoadConnection.Pending pending) {
        return pending.request().atNanos() + plan.patience().toNanos();
    }

    private void await(long dueNanos) throws IOException {
        long wake = patience.isEmpty()
                ? dueNanos
                : Math.min(dueNanos, leaves(patience.peekFirst().pending()));
        long left = wake - (System.nanoTime() - start);
        if (left > SELECT_NANOS) {
            selector.select(Math.max(1, (left - 1_000_000) / 1_000_000));
        } else if (selector.selectNow() == 0 && left > 0) {
            LockSupport.parkNanos(Math.min(left, STEP_NANOS));
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            ready((LoadConnection) key.attachment());
        }
        selector.selectedKeys().clear();
    }

    private void send(LoadConnection.Pending pending) {
        LoadConnection connection = idle.pollFirst();
        while (connection != null && !connection.usable()) {
            connection = idle.pollFirst();
        }
        try {
            if (connection == null) {
                connection = new LoadConnection(selector, target);
            }
        } catch (IOException e) {
            outstanding--;
            cell.unsent++;
            return;
        }
        patience.addLast(new Waiting(connection, pending));
        cell.sent(pending.request().atNanos(), pending.sentNanos());
        try {
            connection.ask(
                    pending,
                    bytes(pending),
                    plan.mix().get(pending.request().kind()).method().equals("HEAD"));
        } catch (IOException e) {
            broken(connection, e);
        }
    }

    private ByteBuffer bytes(LoadConnection.Pending pending) {
        Plan.Request request = pending.request();
        int body = plan.mix().get(request.kind()).bodyBytes();
        StringBuilder text = new StringBuilder(256).append(heads.get(request.kind()));
        if (plan.url().isEmpty()) {
            text.append(WorkingUpstream.HEADER)
                    .append(pending.number())
                    .append(' ')
                    .append(start + leaves(pending));
            for (long work : request.workNanos()) {
                text.append(' ').append(work / 1000);
            }
            text.append("\r\n");
        }
        byte[] head = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        return body == 0
                ? ByteBuffer.wrap(head)
                : ByteBuffer.allocate(head.length + body).put(head).rewind();
    }

    private void ready(LoadConnection connection) {
        try {
            Optional<String> outcome = connection.ready(in);
            if (outcome.isPresent()) {
                ended(connection, outcome.get());
                if (connection.usable()) {
                    idle.addFirst(connection);
                }
            }
        } catch (IOException e) {
            broken(connection, e);
        }
    }

    private void ended(LoadConnection connection, String outcome) {
        LoadConnection.Pending pending = Objects.requireNonNull(connection.pending());
        connection.forget();
        outstanding--;
        cell.ended(outcome, pending.request().atNanos(), pending.sentNanos(), System.nanoTime() - start);
    }

    private void leave(long now) {
        while (!patience.isEmpty()) {
            Waiting first = patience.peekFirst();
            boolean over = first.connection().pending() != first.pending();
            if (!over && leaves(first.pending()) > now) {
                return;
            }
            patience.pollFirst();
            if (!over) {
                ended(first.connection(), "client.closed");
                first.connection().close();
            }
        }
    }

    private void broken(LoadConnection connection, IOException e) {
        connection.close();
        LoadConnection.Pending pending = connection.pending();
        if (pending == null) {
            return; // an idle connection that was closed: the next request takes another
        }
        if (connection.mayRepeat()) {
            connection.forget();
            repeat(pending);
        } else {
            ended(connection, outcome(e));
        }
    }

    /** A kept connection that was closed meanwhile: sent again on a new one, as every client does. */
    private void repeat(LoadConnection.Pending pending) {
        try {
            LoadConnection fresh = new LoadConnection(selector, target);
            patience.addFirst(new Waiting(fresh, pending));
            fresh.ask(
                    pending,
                    bytes(pending),
                    plan.mix().get(pending.request().kind()).method().equals("HEAD"));
        } catch (IOException e) {
            outstanding--;
            cell.unsent++;
        }
    }

    private static String outcome(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.matches("[a-z]+\\.[a-z-]+") ? "answer: " + message : "connection: " + message;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
