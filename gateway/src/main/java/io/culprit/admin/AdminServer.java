package io.culprit.admin;

import io.culprit.config.AdminConfig;
import io.culprit.listen.ListenSocket;
import io.culprit.listen.ListenSocket.Binding;
import io.culprit.loop.IoLoop;
import io.culprit.loop.NoThreadsException;
import io.culprit.loop.TaskThreads;
import io.culprit.loop.Trouble;
import io.culprit.record.journal.JournalQueries;
import io.culprit.server.Gateway;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/**
 * The listener for operators: health, metrics, state as JSON, dashboard. Runs on threads of its own, on buffers of the heap
 * and on descriptors that clients cannot take, so that it answers when clients have used up all they may.
 */
public final class AdminServer implements AutoCloseable {
    private static final int BUFFER_SIZE = 16 * 1024;
    private static final int WORKERS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private final XnioWorker worker;
    private final ListenSocket listener;
    private final AutoCloseable routes;

    private AdminServer(XnioWorker worker, ListenSocket listener, AutoCloseable routes) {
        this.worker = worker;
        this.listener = listener;
        this.routes = routes;
    }

    /**
     * @throws IOException when the address cannot be bound
     */
    public static AdminServer start(Gateway gateway, AdminConfig config) throws IOException {
        return start(gateway, config, Operations.NONE, Binding.EXCLUSIVE);
    }

    /**
     * The same for a gateway that is a process.
     *
     * @param operations what it can be told
     * @param binding whether its predecessor may have the address still
     * @throws IOException when the address cannot be bound
     */
    public static AdminServer start(Gateway gateway, AdminConfig config, Operations operations, Binding binding)
            throws IOException {
        AdminRoutes routes = new AdminRoutes(gateway, operations);
        return start(config, routes, routes, binding);
    }

    /**
     * The views of a journal that others write, without a gateway.
     *
     * @throws IOException when the address cannot be bound
     */
    public static AdminServer start(JournalQueries journal, AdminConfig config) throws IOException {
        return start(config, new JournalRoutes(journal), () -> {}, Binding.EXCLUSIVE);
    }

    private static AdminServer start(AdminConfig config, HttpHandler handler, AutoCloseable routes, Binding binding)
            throws IOException {
        XnioWorker worker = Xnio.getInstance()
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_NAME, "admin")
                        .set(Options.WORKER_IO_THREADS, 1)
                        .set(Options.WORKER_TASK_CORE_THREADS, WORKERS)
                        .set(Options.WORKER_TASK_MAX_THREADS, WORKERS)
                        .getMap());
        HttpOpenListener http = new HttpOpenListener(
                new DefaultByteBufferPool(false, BUFFER_SIZE),
                OptionMap.builder()
                        .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                        .set(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000)
                        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
                        .set(UndertowOptions.MAX_ENTITY_SIZE, 64L * 1024)
                        .getMap());
        http.setRootHandler(new Gatekeeper(config, handler));
        IoLoop loop = new IoLoop(worker.getIoThread(0), 0);
        try {
            TaskThreads.start(worker, WORKERS);
            return new AdminServer(
                    worker, ListenSocket.open(loop, config.address(), new Operators(loop, http), binding), routes);
        } catch (IOException e) {
            quietly(routes);
            worker.shutdownNow();
            throw e instanceof NoThreadsException ? e : new IOException("admin: " + e.getMessage(), e);
        }
    }

    /** Whoever connects is served: there are few, and the gateway's own limits do not bind them. */
    private record Operators(IoLoop loop, HttpOpenListener http) implements ListenSocket.Owner {
        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public boolean admits() {
            return true;
        }

        @Override
        public IoLoop next() {
            return loop;
        }

        @Override
        public void accepted(IoLoop on, StreamConnection client) {
            http.handleEvent(client);
        }

        @Override
        public void lost(IoLoop on) {
            // nobody counts them
        }

        @Override
        public void descriptorsUsedUp() {
            // the listener looks again in a moment
        }
    }

    /** Where it listens, with the port it got. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /** Accepts no more: a successor has the address. */
    public void stopAccepting() {
        listener.close();
    }

    private static void quietly(AutoCloseable routes) {
        try {
            routes.close();
        } catch (Exception e) {
            LOG.warn("closing the dashboards' streams failed: {}", Trouble.line(e));
        }
    }

    @Override
    public void close() {
        quietly(routes);
        listener.close();
        worker.shutdown();
        try {
            if (!worker.awaitTermination(2, TimeUnit.SECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
