package io.culprit.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code culprit demo}. */
@Command(name = "demo", description = "Start gateway, simulated upstream and dashboard, and list failures to try.")
final class DemoCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
