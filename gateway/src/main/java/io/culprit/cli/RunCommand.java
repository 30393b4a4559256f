package io.culprit.cli;

import io.culprit.config.ConfigException;
import io.culprit.config.ConfigLoader;
import io.culprit.config.GatewayConfig;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code culprit run}: the gateway in the foreground until SIGTERM or SIGINT; SIGUSR1 opens the logs anew, SIGHUP reads the
 * configuration's file again and says whether it would be taken.
 */
@Command(
        name = "run",
        description = "Run the gateway in the foreground.",
        footer = {"", "Example:", "  culprit run -c conf/culprit.yaml"})
final class RunCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() {
        return run(config.path());
    }

    /** Runs until the process is told to end; returns only when it cannot. */
    static int run(Path path) {
        try {
            begin(path);
            new CountDownLatch(1).await();
        } catch (ConfigException e) {
            e.problems().forEach(System.err::println);
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    /** Starts all of it and says where it listens. */
    static Running begin(Path path) throws ConfigException, IOException {
        Preload.begin();
        GatewayConfig config = ConfigLoader.load(path, System.getenv());
        config.warnings().forEach(System.err::println);
        Gateway gateway = Gateway.start(config);
        Reloader reloader = new Reloader(gateway, path);
        Running running = Running.attend(gateway, reloader);
        Signals.on("HUP", () -> System.err.print(reloader.get().text()));
        for (int i = 0; i < gateway.addresses().size(); i++) {
            boolean tls = config.listen().get(i).tls().isPresent();
            System.err.println(
                    "culprit: listening on " + Running.url(gateway.addresses().get(i), tls));
        }
        running.dashboard().ifPresent(url -> System.err.println("culprit: dashboard on " + url));
        return running;
    }
}
