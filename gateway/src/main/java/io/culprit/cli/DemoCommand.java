package io.culprit.cli;

import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.process.Running;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit demo}: gateway, simulated upstream and dashboard, with a list of failures to try. */
@Command(
        name = "demo",
        description = "Start gateway, simulated upstream and dashboard, and list failures to try.",
        footer = {
            "",
            "Example:",
            "  culprit demo",
            "",
            "The configuration is conf/demo.yaml; CULPRIT_PORT and CULPRIT_ADMIN_PORT change its ports."
        })
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "conf/demo.yaml",
            description = "configuration file (default: ${DEFAULT-VALUE})")
    private Path config;

    @Option(
            names = "--sim",
            paramLabel = "JAR",
            required = true,
            hidden = true,
            description = "the simulated upstream, filled in by the launcher")
    private Path sim;

    @Override
    public Integer call() throws InterruptedException {
        if (!Files.isReadable(sim)) {
            System.err.println("culprit: the simulated upstream " + sim + " is missing; start with ./culprit demo");
            return 1;
        }
        try {
            int port = freePort();
            Process upstream = startUpstream(port);
            Runtime.getRuntime().addShutdownHook(new Thread(upstream::destroy, "stop-sim"));
            Map<String, String> environment = new HashMap<>(System.getenv());
            environment.put("CULPRIT_SIM", "127.0.0.1:" + port);
            GatewayConfig loaded = ConfigLoader.load(config, environment);
            awaitUpstream(upstream, port);
            run(loaded, port);
        } catch (ConfigException e) {
            e.problems().forEach(System.err::println);
            return 1;
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
            return 1;
        }
        new CountDownLatch(1).await();
        return 0;
    }

    private void run(GatewayConfig loaded, int simPort) throws IOException {
        Running running = Running.attend(Gateway.start(loaded));
        String base = running.url();
        System.err.println("gateway    " + base);
        running.dashboard().ifPresent(url -> System.err.println("dashboard  " + url));
        System.err.println("simulator  http://127.0.0.1:" + simPort + "  (culprit sim --help lists its faults)");
        System.err.println("\nEach of these goes wrong for another reason; the answer or the access log names it:\n");
        for (DemoTrials.Trial trial : DemoTrials.ALL) {
            System.err.printf("  %-26s %s%n", trial.cause(), trial.command(base));
        }
        System.err.println("\nThe access log follows; Ctrl-C ends the demo.\n");
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private Process startUpstream(int port) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-jar",
                        sim.toString(),
                        "--listen",
                        "127.0.0.1:" + port,
                        "--control",
                        "off")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void awaitUpstream(Process upstream, int port) throws IOException, InterruptedException {
        for (int i = 0; i < 200; i++) {
            if (!upstream.isAlive()) {
                throw new IOException("the simulated upstream ended with exit code " + upstream.exitValue());
            }
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress("127.0.0.1", port), 100);
                return;
            } catch (IOException e) {
                Thread.sleep(50); // not yet
            }
        }
        throw new IOException("the simulated upstream did not start within 10 s");
    }
}
