package io.culprit.cli;

import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.listen.ListenSocket.Binding;
import io.culprit.loop.NoThreadsException;
import io.culprit.loop.TaskThreads;
import io.culprit.loop.Trouble;
import io.culprit.process.Predecessor;
import io.culprit.process.Preload;
import io.culprit.process.Reloader;
import io.culprit.process.Running;
import io.culprit.process.Signals;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code culprit run}: the gateway in the foreground until SIGTERM or SIGINT; SIGUSR1 opens the logs anew, SIGHUP reads the
 * configuration's file again.
 */
@Command(
        name = "run",
        description = "Run the gateway in the foreground.",
        footer = {
            "",
            "Signals: TERM and INT finish what runs and end, HUP takes the configuration anew, USR1 opens the logs anew.",
            "",
            "Examples:",
            "  culprit run -c conf/culprit.yaml",
            "  culprit run -c /etc/culprit/culprit.yaml --watch   # reload when the files change",
            "  culprit run -c conf/culprit.yaml --takeover    # a new version in the place of the one that runs"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--takeover",
            arity = "0..1",
            paramLabel = "PID",
            fallbackValue = "0",
            description = {
                "Listen beside the gateway that runs with this configuration, then have it hand over: no connection is lost.",
                "It is asked by its admin listener (admin.token), or with a PID by SIGTERM."
            })
    private @Nullable Long takeover;

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "SECONDS",
            fallbackValue = "5",
            description = {
                "Take the configuration anew whenever its files change, such as a mounted ConfigMap (looked at every 5 s).",
                "A bad file changes nothing and is told."
            })
    private @Nullable Integer watch;

    @Override
    public Integer call() {
        if (watch != null && watch < 1) {
            System.err.println("culprit: --watch takes seconds, 1 or more");
            return 2;
        }
        return run(
                config.path(),
                Optional.ofNullable(takeover),
                Optional.ofNullable(watch).map(Duration::ofSeconds));
    }

    /** Runs until the process is told to end; returns only when it cannot. */
    static int run(Path path, Optional<Long> takeover, Optional<Duration> watch) {
        try {
            Running running = begin(path, takeover);
            watch.ifPresent(running::watch);
            new CountDownLatch(1).await();
        } catch (ConfigException e) {
            e.problems().forEach(System.err::println);
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
            if (e instanceof NoThreadsException) {
                Runtime.getRuntime().halt(1);
            }
        } catch (OutOfMemoryError e) {
            if (!TaskThreads.isOfThreads(e)) {
                throw e;
            }
            System.err.println("culprit: " + NoThreadsException.ADVICE);
            Runtime.getRuntime().halt(1); // what would run at an orderly end needs threads of its own
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    /** Starts all of it and says where it listens. */
    static Running begin(Path path) throws ConfigException, IOException {
        try {
            return begin(path, Optional.empty());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e); // nobody is waited for
        }
    }

    private static Running begin(Path path, Optional<Long> takeover)
            throws ConfigException, IOException, InterruptedException {
        Trouble.tellOfThreads();
        Signals.on("HUP", () -> {}); // which would end the process until there is something to reload
        Preload.begin();
        GatewayConfig config = ConfigLoader.load(path, System.getenv());
        config.warnings().forEach(System.err::println);
        Gateway gateway = takeover.isPresent() ? Gateway.startBeside(config) : Gateway.start(config);
        if (takeover.isPresent()) {
            try {
                System.err.println("culprit: "
                        + (takeover.get() == 0
                                ? Predecessor.handOver(config.admin())
                                : Predecessor.handOver(takeover.get())));
            } catch (IOException e) {
                gateway.close();
                throw e;
            }
        }
        Running running = Running.attend(
                gateway, new Reloader(gateway, path), takeover.isPresent() ? Binding.TAKEOVER : Binding.EXCLUSIVE);
        for (int i = 0; i < gateway.addresses().size(); i++) {
            boolean tls = config.listen().get(i).tls().isPresent();
            System.err.println(
                    "culprit: listening on " + Running.url(gateway.addresses().get(i), tls));
        }
        running.dashboard().ifPresent(url -> System.err.println("culprit: dashboard on " + url));
        return running;
    }
}
