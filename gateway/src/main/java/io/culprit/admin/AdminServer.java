package io.culprit.admin;

import io.culprit.config.AdminConfig;
import io.culprit.server.Gateway;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The listener for operators: health, metrics, state as JSON, dashboard. Runs on threads of its own. */
public final class AdminServer implements AutoCloseable {
    private final Undertow server;
    private final AdminRoutes routes;

    private AdminServer(Undertow server, AdminRoutes routes) {
        this.server = server;
        this.routes = routes;
    }

    /**
     * @throws IOException when the address cannot be bound
     */
    public static AdminServer start(Gateway gateway, AdminConfig config) throws IOException {
        AdminRoutes routes = new AdminRoutes(gateway);
        Undertow server = Undertow.builder()
                .addHttpListener(
                        config.address().getPort(),
                        config.address().getAddress().getHostAddress())
                .setIoThreads(1)
                .setWorkerThreads(4)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 64L * 1024)
                .setHandler(new Gatekeeper(config, routes))
                .build();
        try {
            server.start();
        } catch (RuntimeException e) {
            routes.close();
            throw new IOException("admin: cannot listen on " + config.address() + ": " + e.getMessage(), e);
        }
        return new AdminServer(server, routes);
    }

    /** Where it listens, with the port it got. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    }

    @Override
    public void close() {
        routes.close();
        server.stop();
    }
}
