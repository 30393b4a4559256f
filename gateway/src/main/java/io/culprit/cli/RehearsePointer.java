package io.culprit.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists {@code rehearse} in the help; the launcher starts it from its own jar and never comes here. */
@Command(
        name = "rehearse",
        description = "Play failure scenarios with a simulated PHP-FPM, second by second (culprit rehearse --help).")
final class RehearsePointer implements Callable<Integer> {
    @Override
    public Integer call() {
        System.err.println("culprit: start rehearsals with the launcher: ./culprit rehearse");
        return 2;
    }
}
