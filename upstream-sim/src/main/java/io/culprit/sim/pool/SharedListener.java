package io.culprit.sim.pool;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket that all workers of a pool share. A connection is accepted only when a worker is free to take it:
 * everything else waits in the kernel's own backlog, and overflows there with the kernel's own errors. The danger is to
 * accept one connection too many, so the thread that accepts looks for a free worker first and goes back to waiting when
 * that worker vanished meanwhile.
 *
 * <p>Thread-safe: workers {@link #offer} themselves, the process manager {@link #withdraw}s them.
 */
final class SharedListener {
    private static final long ASK_AGAIN_MILLIS = 1_000;

    private final ServerSocketChannel server;
    private final Selector selector;
    private final @Nullable Path socketFile;
    private final ArrayDeque<Worker> free = new ArrayDeque<>();
    private final @Nullable Runnable nobodyFree;
    private volatile @Nullable SocketChannel homeless;
    private volatile boolean closed;

    private SharedListener(ServerSocketChannel server, @Nullable Path socketFile, @Nullable Runnable nobodyFree)
            throws IOException {
        this.server = server;
        this.socketFile = socketFile;
        this.nobodyFree = nobodyFree;
        this.selector = Selector.open();
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Listens from now on.
     *
     * @param nobodyFree told when a connection waits and no worker is free; null when nobody wants to know
     * @throws IOException when the address is taken or cannot be bound
     */
    static SharedListener open(PoolConfig config, @Nullable Runnable nobodyFree) throws IOException {
        ServerSocketChannel server;
        Path file = null;
        if (config.isUnix()) {
            file = Path.of(config.listen());
            takeOver(file);
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        } else {
            server = ServerSocketChannel.open();
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        }
        try {
            server.bind(address(config.listen()), config.backlog());
            if (file != null) {
                Files.setPosixFilePermissions(file, permissions(config.listenMode()));
            }
            SharedListener gate = new SharedListener(server, file, nobodyFree);
            Thread acceptor = new Thread(gate::run, "sim-gate-" + config.name());
            acceptor.setDaemon(true);
            acceptor.start();
            return gate;
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    "unable to bind listening socket for address '%s': %s".formatted(config.listen(), e.getMessage()),
                    e);
        }
    }

    /** FPM replaces a leftover file, but not a socket somebody listens on. */
    private static void takeOver(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            throw new IOException("Another FPM instance seems to already listen on " + file);
        } catch (java.net.SocketException e) {
            Files.delete(file);
        }
    }

    static SocketAddress address(String listen) {
        if (listen.startsWith("/")) {
            return UnixDomainSocketAddress.of(listen);
        }
        int colon = listen.lastIndexOf(':');
        return new InetSocketAddress(listen.substring(0, colon), Integer.parseInt(listen.substring(colon + 1)));
    }

    private static Set<PosixFilePermission> permissions(String octal) {
        int mode = Integer.parseInt(octal, 8);
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (PosixFilePermission each : all) {
            if ((mode & 1 << (all.length - 1 - each.ordinal())) != 0) {
                set.add(each);
            }
        }
        return set;
    }

    /** The port it got; 0 for a unix socket. */
    int port() {
        try {
            return server.getLocalAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
        } catch (IOException e) {
            return 0; // closed
        }
    }

    /** The worker is free for a connection. */
    void offer(Worker worker) {
        synchronized (free) {
            free.addLast(worker);
            free.notifyAll();
        }
        selector.wakeup();
    }

    /**
     * The worker takes no connection any more.
     *
     * @return false when it had been given one already
     */
    boolean withdraw(Worker worker) {
        synchronized (free) {
            return free.remove(worker);
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (homeless == null && !readable()) {
                    continue;
                }
                pass();
            } catch (InterruptedException | ClosedSelectorException e) {
                return;
            } catch (IOException e) {
                if (!closed) {
                    System.err.println("culprit sim: accepting failed: " + e.getMessage());
                }
            }
        }
    }

    /** Waits for a connection; without ondemand only while somebody could take it. */
    private boolean readable() throws IOException, InterruptedException {
        if (nobodyFree == null) {
            awaitFree(0);
        }
        selector.select();
        boolean any = !selector.selectedKeys().isEmpty();
        selector.selectedKeys().clear();
        return any;
    }

    private void awaitFree(long longestMillis) throws InterruptedException {
        synchronized (free) {
            if (free.isEmpty() && !closed) {
                free.wait(longestMillis);
            }
        }
    }

    private void pass() throws IOException, InterruptedException {
        Worker worker;
        synchronized (free) {
            worker = free.pollFirst();
        }
        if (worker == null) {
            demand();
            return;
        }
        SocketChannel connection = homeless == null ? server.accept() : homeless;
        homeless = null;
        if (connection == null) {
            synchronized (free) {
                free.addFirst(worker);
            }
            return;
        }
        connection.configureBlocking(true);
        if (!worker.give(connection)) {
            homeless = connection; // the worker ended in the very moment it was chosen: the next one takes it
            if (closed) {
                connection.close();
            }
        }
    }

    /** Asks for a worker and waits until one is offered; asks again after a while, in case nobody could be forked. */
    private void demand() throws InterruptedException {
        if (nobodyFree != null) {
            nobodyFree.run();
        }
        awaitFree(ASK_AGAIN_MILLIS);
    }

    /**
     * Stops listening.
     *
     * @param unlink whether the socket's file goes too; it stays when a master dies
     */
    void close(boolean unlink) {
        closed = true;
        synchronized (free) {
            free.clear();
            free.notifyAll();
        }
        try {
            server.close();
            selector.close();
            SocketChannel left = homeless;
            if (left != null) {
                left.close();
            }
            if (unlink && socketFile != null) {
                Files.deleteIfExists(socketFile);
            }
        } catch (IOException e) {
            System.err.println("culprit sim: closing a listener failed: " + e.getMessage());
        }
    }
}
