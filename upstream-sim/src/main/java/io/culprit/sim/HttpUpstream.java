package io.culprit.sim;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Faults;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The simulated HTTP upstream: real sockets, a thread for each connection, and for each request the fault that its
 * query, its headers or the rules name.
 */
public final class HttpUpstream implements AutoCloseable {
    private final ServerSocket listener;
    private final Thread acceptor = new Thread(this::accept, "sim-acceptor");
    private final Rules rules;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "sim-connection");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private volatile boolean closed;

    private HttpUpstream(ServerSocket listener, Rules rules) {
        this.listener = listener;
        this.rules = rules;
        acceptor.setDaemon(true);
    }

    /**
     * @param port 0 for any free one
     * @throws IOException when the address cannot be bound
     */
    public static HttpUpstream start(String host, int port, Rules rules) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(host, port), 4096);
        HttpUpstream upstream = new HttpUpstream(listener, rules);
        upstream.acceptor.start();
        return upstream;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Requests whose head was read. */
    public long requests() {
        return requests.get();
    }

    /** Connections accepted. */
    public long connections() {
        return connections.get();
    }

    /** Connections open now. */
    public int openConnections() {
        return open.size();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                open.add(socket);
                if (closed) {
                    closeQuietly(socket); // it came while the listener was being closed, which nobody will serve
                    return;
                }
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                if (!closed) {
                    System.err.println("culprit sim: accepting failed: " + e.getMessage());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            Wire wire = new Wire(socket);
            if (!struckOnAccept(wire)) {
                while (exchange(wire)) {
                    // the next request of this connection
                }
            }
        } catch (SocketException e) {
            // the other side left, which is what half the faults are about
        } catch (IOException | NumberFormatException e) {
            System.err.println("culprit sim: " + e.getMessage());
        } finally {
            open.remove(socket);
            closeQuietly(socket);
        }
    }

    private boolean struckOnAccept(Wire wire) throws IOException {
        Map<String, String> parameters = rules.parametersFor("/");
        Spec spec = new Spec(parameters);
        if (!parameters.containsKey("fault") || !spec.text("at", "").equals("accept")) {
            return false;
        }
        Fault fault = Faults.byName(parameters.get("fault")).orElseThrow();
        fault.play(wire, new HttpRequest("-", "/", "/", Map.of(), Map.of(), 0), spec);
        return true;
    }

    private boolean exchange(Wire wire) throws IOException {
        Optional<HttpRequest> head = RequestReader.head(wire.in());
        if (head.isEmpty()) {
            wire.close();
            return false;
        }
        requests.incrementAndGet();
        HttpRequest request = head.get();
        Spec spec = Spec.of(request);
        String name = spec.text("fault", "");
        if (name.isEmpty()) {
            Map<String, String> parameters = rules.parametersFor(request.path());
            if (!parameters.isEmpty()) {
                spec = new Spec(parameters);
                name = spec.text("fault", "");
            }
        }
        Optional<Fault> fault = Faults.byName(name.isEmpty() ? "none" : name);
        try {
            if (fault.isEmpty()) {
                throw new IllegalArgumentException("there is no fault \"" + name + "\"; culprit sim --help lists them");
            }
            return fault.get().play(wire, request, spec) && !wire.isClosed();
        } catch (IllegalArgumentException | ArithmeticException e) {
            String text = e.getMessage() + "\n";
            wire.send("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
                    + text.length() + "\r\n\r\n" + text);
            wire.closeGently();
            return false;
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            System.err.println("culprit sim: closing a connection failed: " + e.getMessage());
        }
    }

    /** Refuses connections from then on: the system's socket goes when the thread that waits on it has left. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
            acceptor.join(TimeUnit.SECONDS.toMillis(5));
        } catch (IOException e) {
            System.err.println("culprit sim: closing the listener failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(HttpUpstream::closeQuietly);
        threads.shutdownNow();
    }
}
