package io.culprit.process;

import io.culprit.admin.AdminServer;
import io.culprit.admin.Operations;
import io.culprit.admin.ReloadReport;
import io.culprit.admin.view.FleetStateView;
import io.culprit.config.AdminConfig;
import io.culprit.listen.ListenSocket.Binding;
import io.culprit.loop.Trouble;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway and its admin listener in a process of their own: closed in order when the process is told to end, logs opened
 * anew on SIGUSR1. Threads: any.
 */
public final class Running implements AutoCloseable, Operations {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);

    private final Gateway gateway;
    private final Supplier<ReloadReport> reload;
    private final ServiceManager manager = ServiceManager.of(System.getenv());
    private volatile Optional<AdminServer> admin = Optional.empty();
    private volatile Optional<ConfigWatch> watch = Optional.empty();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean ending = new AtomicBoolean();

    private Running(Gateway gateway, Supplier<ReloadReport> reload) {
        this.gateway = gateway;
        this.reload = reload;
    }

    /**
     * Opens the admin listener if one is configured.
     *
     * @throws IOException when it cannot be opened
     */
    public static Running attend(Gateway gateway) throws IOException {
        return attend(
                gateway,
                () -> ReloadReport.refused(List.of("this gateway's configuration is not a file")),
                Binding.EXCLUSIVE);
    }

    /**
     * The same, with what reads the configuration's file anew, which SIGHUP and the admin listener ask for.
     *
     * @param binding whether a predecessor may have the admin listener's address still
     * @throws IOException when the admin listener cannot be opened
     */
    public static Running attend(Gateway gateway, Supplier<ReloadReport> reload, Binding binding) throws IOException {
        Optional<AdminConfig> config = gateway.config().admin();
        Running running = new Running(gateway, reload);
        FleetStateView.publish(gateway);
        if (config.isPresent()) {
            running.admin = Optional.of(AdminServer.start(gateway, config.get(), running, binding));
        }
        if (!Signals.on("HUP", () -> System.err.print(running.reload().text()))) {
            System.err.println(
                    "culprit: SIGHUP is ignored by what started this (nohup does that); culprit reload, POST /api/reload"
                            + " and run --watch do the same");
        }
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "shutdown"));
        for (String each : List.of("TERM", "INT")) {
            Signals.on(each, running::told);
        }
        if (!Signals.on("USR1", gateway.recorder()::reopenLogs)) {
            System.err.println("culprit: SIGUSR1 cannot be had here; POST /api/logs/reopen does the same");
        }
        running.manager.ready(gateway.loops());
        return running;
    }

    /** From now on the configuration is taken anew whenever its files say something else. */
    public void watch(Duration every) {
        ConfigWatch begun = new ConfigWatch(() -> gateway.config().source(), () -> System.err.print(reload().text()));
        watch = Optional.of(begun);
        begun.start(every);
    }

    @Override
    public ReloadReport reload() {
        manager.reloading();
        ReloadReport report = reload.get();
        manager.reloaded();
        return report;
    }

    @Override
    public boolean ends() {
        return true;
    }

    @Override
    public void handOver() {
        admin.ifPresent(AdminServer::stopAccepting);
        end(gateway::handOver);
    }

    /** Where clients are accepted, as they write it. */
    public String url() {
        return url(
                gateway.addresses().get(0),
                gateway.config().listen().get(0).tls().isPresent());
    }

    /** Where the dashboard is. */
    public Optional<String> dashboard() {
        return admin.map(a -> url(a.address()));
    }

    /** An address as a browser takes it. */
    public static String url(InetSocketAddress address) {
        return url(address, false);
    }

    /** An address as a browser takes it. */
    public static String url(InetSocketAddress address, boolean tls) {
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return (tls ? "https://" : "http://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                + address.getPort();
    }

    /** The process is told to end: in order the first time, at once the second. */
    private void told() {
        if (ending.get()) {
            gateway.hurry();
        } else {
            end(gateway::drain);
        }
    }

    private void end(Callable<Integer> lastRequests) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        Thread end = new Thread(
                () -> {
                    manager.stopping();
                    try {
                        lastRequests.call();
                    } catch (Exception e) {
                        LOG.error("waiting for the last requests ended early: {}", Trouble.line(e));
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
            manager.close();
            watch.ifPresent(ConfigWatch::close);
            admin.ifPresent(AdminServer::close);
            gateway.close();
        }
    }
}
