package io.culprit.sim;

import io.culprit.sim.control.ControlApi;
import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Faults;
import io.culprit.sim.pool.FpmLog;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.Pool;
import io.culprit.sim.scenario.Rules;
import io.culprit.sim.scenario.ScenarioFile;
import io.culprit.sim.script.PhpApplication;
import io.culprit.sim.script.Steps;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Option;

/** {@code culprit sim}: an upstream that misbehaves on request, and a PHP-FPM that behaves as the real one does. */
@Command(
        name = "culprit sim",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = {
            "A simulated upstream: an HTTP server that misbehaves on request, or, with a scenario that has an"
                    + " \"fpm\" section, a PHP-FPM with real sockets, real backlogs and FPM's own process managers."
        },
        footerHeading =
                "%nExample:%n  culprit sim --listen 127.0.0.1:9000 & curl -v 'http://127.0.0.1:9000/?fault=reset&at=head'%n"
                        + "%nFaults of the HTTP server, chosen by query (/?fault=reset&at=head&after=20), by header (X-Sim-Fault: reset),"
                        + " by%nscenario file or by the control API; the first named wins:%n")
public final class Main implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9000",
            description = "where the HTTP server listens (default: ${DEFAULT-VALUE}); unused with an \"fpm\" section")
    private String listen;

    @Option(
            names = "--control",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8474",
            description = "where the control API listens, \"off\" for none (default: ${DEFAULT-VALUE})")
    private String control;

    @Option(names = "--scenario", paramLabel = "FILE", description = "rules, pools and scripts to start with")
    private @Nullable Path scenario;

    private Main() {}

    public static void main(String[] args) {
        CommandLine command = new CommandLine(new Main());
        IHelpSectionRenderer footer = help -> {
            var out = new StringBuilder();
            for (Fault fault : Faults.all()) {
                out.append("  %-20s %s%n".formatted(fault.name(), fault.help()));
            }
            out.append(
                    "%nSteps of FPM's scripts, declared in the scenario or asked by query (/x.php?sleep=2s&out=10k):%n"
                            .formatted());
            Steps.help().forEach((name, text) -> out.append("  %-20s %s%n".formatted(name, text)));
            return out.toString();
        };
        command.getHelpSectionMap().put(CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER, footer);
        command.setParameterExceptionHandler((e, given) -> {
            System.err.println("culprit sim: " + e.getMessage());
            System.err.println("culprit sim --help tells what there is");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        System.exit(command.execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        Rules rules = new Rules();
        try {
            Optional<Master> master = Optional.empty();
            if (scenario != null) {
                ScenarioFile read = ScenarioFile.read(scenario, Main::address);
                read.rules().forEach(rules::put);
                if (read.fpm().isPresent()) {
                    master = Optional.of(Master.start(
                            read.fpm().get(), new PhpApplication(read.scripts()), new FpmLog(read.fpmLog())));
                }
            }
            if (master.isPresent()) {
                announce(master.get());
            } else {
                HttpUpstream upstream = HttpUpstream.start(host(listen), port(listen), rules);
                System.err.println("culprit sim: listening on http://" + host(listen) + ":" + upstream.port());
            }
            if (!control.equals("off")) {
                ControlApi api = ControlApi.start(host(control), port(control), rules, master);
                System.err.println("culprit sim: control API on http://" + host(control) + ":" + api.port());
            }
        } catch (BindException e) {
            System.err.println("culprit sim: cannot listen on " + listen + " or on the control API's " + control + ": "
                    + e.getMessage());
            return 1;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        } catch (IllegalArgumentException e) {
            System.err.println("culprit sim: " + e.getMessage());
            return 2;
        }
        new CountDownLatch(1).await();
        return 0;
    }

    private static void announce(Master master) {
        Runtime.getRuntime().addShutdownHook(new Thread(master::close, "stop-fpm"));
        for (Pool pool : master.pools()) {
            System.err.println("culprit sim: pool " + pool.config().name() + " listens on "
                    + pool.config().listen());
        }
    }

    /** Where pools listen that do not say so: in the temporary folder, or on any free port. */
    private static String address(String pool, boolean tcp) {
        return tcp
                ? "127.0.0.1:0"
                : Path.of(System.getProperty("java.io.tmpdir"), "culprit-sim-" + pool + ".sock")
                        .toString();
    }

    private static String host(String address) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("\"" + address + "\" is not HOST:PORT");
        }
        return address.substring(0, colon);
    }

    private static int port(String address) {
        try {
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + address + "\" is not HOST:PORT", e);
        }
    }
}
