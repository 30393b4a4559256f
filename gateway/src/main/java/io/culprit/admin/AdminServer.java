package io.culprit.admin;

import io.culprit.config.AdminConfig;
import io.culprit.server.Gateway;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The listener for operators: health, state as JSON, dashboard. Runs on threads of its own. */
public final class AdminServer implements AutoCloseable {
    private final Undertow server;

    private AdminServer(Undertow server) {
        this.server = server;
    }

    /**
     * @throws IOException when the address cannot be bound
     */
    public static AdminServer start(Gateway gateway, AdminConfig config) throws IOException {
        Undertow server = Undertow.builder()
                .addHttpListener(
                        config.address().getPort(),
                        config.address().getAddress().getHostAddress())
                .setIoThreads(1)
                .setWorkerThreads(2)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 64L * 1024)
                .setHandler(new AdminRoutes(gateway, TokenGuard.of(config)))
                .build();
        try {
            server.start();
        } catch (RuntimeException e) {
            throw new IOException("admin: cannot listen on " + config.address() + ": " + e.getMessage(), e);
        }
        return new AdminServer(server);
    }

    /** Where it listens, with the port it got. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    }

    @Override
    public void close() {
        server.stop();
    }
}
