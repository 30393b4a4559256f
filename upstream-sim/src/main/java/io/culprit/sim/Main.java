package io.culprit.sim;

import io.culprit.sim.control.ControlApi;
import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Faults;
import io.culprit.sim.protocol.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.sim.scenario.ScenarioFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Option;

/** {@code culprit sim}: an upstream that misbehaves on request. */
@Command(
        name = "culprit sim",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "A simulated HTTP upstream that misbehaves on request.",
        footerHeading =
                "%nFaults, chosen by query (/?fault=reset&at=head&after=20), by header (X-Sim-Fault: reset), by%n"
                        + "scenario file or by the control API; the first named wins:%n")
public final class Main implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9000",
            description = "where to listen (default: ${DEFAULT-VALUE})")
    private String listen;

    @Option(
            names = "--control",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8474",
            description = "where the control API listens, \"off\" for none (default: ${DEFAULT-VALUE})")
    private String control;

    @Option(names = "--scenario", paramLabel = "FILE", description = "rules to start with")
    private Path scenario;

    private Main() {}

    public static void main(String[] args) {
        CommandLine command = new CommandLine(new Main());
        IHelpSectionRenderer footer = help -> {
            var out = new StringBuilder();
            for (Fault fault : Faults.all()) {
                out.append("  %-20s %s%n".formatted(fault.name(), fault.help()));
            }
            return out.toString();
        };
        command.getHelpSectionMap().put(CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER, footer);
        System.exit(command.execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        Rules rules = new Rules();
        try {
            if (scenario != null) {
                ScenarioFile.read(scenario).forEach(rules::put);
            }
            HttpUpstream upstream = HttpUpstream.start(host(listen), port(listen), rules);
            System.err.println("culprit sim: listening on http://" + host(listen) + ":" + upstream.port());
            if (!control.equals("off")) {
                ControlApi api = ControlApi.start(host(control), port(control), rules);
                System.err.println("culprit sim: control API on http://" + host(control) + ":" + api.port());
            }
        } catch (IOException e) {
            System.err.println(
                    e instanceof java.nio.file.NoSuchFileException ? scenario + ": no such file" : e.getMessage());
            return 1;
        } catch (IllegalArgumentException e) {
            System.err.println("culprit sim: " + e.getMessage());
            return 2;
        }
        new CountDownLatch(1).await();
        return 0;
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
