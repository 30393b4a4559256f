package io.culprit.cli;

import io.culprit.admin.AdminServer;
import io.culprit.admin.ReloadReport;
import io.culprit.config.AdminConfig;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A gateway and its admin listener in a process of their own: closed in order when the process is told to end, logs opened
 * anew on SIGUSR1. Threads: any.
 */
final class Running implements AutoCloseable {
    private final Gateway gateway;
    private final Optional<AdminServer> admin;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean ending = new AtomicBoolean();

    private Running(Gateway gateway, Optional<AdminServer> admin) {
        this.gateway = gateway;
        this.admin = admin;
    }

    /**
     * Opens the admin listener if one is configured.
     *
     * @throws IOException when it cannot be opened
     */
    static Running attend(Gateway gateway) throws IOException {
        return attend(gateway, () -> ReloadReport.refused(List.of("this gateway's configuration is not a file")));
    }

    /** The same, with what reads the configuration's file anew. */
    static Running attend(Gateway gateway, Supplier<ReloadReport> reload) throws IOException {
        Optional<AdminConfig> config = gateway.config().admin();
        Running running = new Running(
                gateway,
                config.isPresent() ? Optional.of(AdminServer.start(gateway, config.get(), reload)) : Optional.empty());
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "shutdown"));
        for (String each : List.of("TERM", "INT")) {
            Signals.on(each, running::told);
        }
        if (!Signals.on("USR1", gateway.recorder()::reopenLogs)) {
            System.err.println("culprit: SIGUSR1 cannot be had here; POST /api/logs/reopen does the same");
        }
        return running;
    }

    /** Where clients are accepted, as they write it. */
    String url() {
        return url(
                gateway.addresses().get(0),
                gateway.config().listen().get(0).tls().isPresent());
    }

    Optional<String> dashboard() {
        return admin.map(a -> url(a.address()));
    }

    static String url(InetSocketAddress address) {
        return url(address, false);
    }

    static String url(InetSocketAddress address, boolean tls) {
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return (tls ? "https://" : "http://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                + address.getPort();
    }

    /** The process is told to end: in order the first time, at once the second. */
    private void told() {
        if (!ending.compareAndSet(false, true)) {
            gateway.hurry();
            return;
        }
        Thread end = new Thread(
                () -> {
                    try {
                        gateway.drain();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    close();
                    System.exit(0);
                },
                "drain");
        end.start();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            admin.ifPresent(AdminServer::close);
            gateway.close();
        }
    }
}
