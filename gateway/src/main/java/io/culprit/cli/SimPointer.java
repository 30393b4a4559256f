package io.culprit.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists {@code sim} in the help; the launcher starts it from its own jar and never comes here. */
@Command(name = "sim", description = "Run the simulated upstream or PHP-FPM (culprit sim --help).")
final class SimPointer implements Callable<Integer> {
    @Override
    public Integer call() {
        System.err.println("culprit: start the simulator with the launcher: ./culprit sim");
        return 2;
    }
}
