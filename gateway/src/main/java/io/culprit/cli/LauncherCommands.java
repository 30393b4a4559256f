package io.culprit.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Commands that the launcher starts from jars of their own: listed in the help, and never run from here. */
final class LauncherCommands {
    private LauncherCommands() {}

    /** Says how to get there for somebody who started the jar. */
    private abstract static class Pointer implements Callable<Integer> {
        @Override
        public Integer call() {
            String name = getClass().getAnnotation(Command.class).name();
            System.err.println("culprit: start this with the launcher: ./culprit " + name);
            return 2;
        }
    }

    @Command(name = "sim", description = "Run the simulated upstream or PHP-FPM (culprit sim --help).")
    static final class Sim extends Pointer {}

    @Command(
            name = "rehearse",
            description =
                    "Play failure scenarios with a simulated PHP-FPM, second by second (culprit rehearse --help).")
    static final class Rehearse extends Pointer {}

    @Command(
            name = "loadtest",
            description = "Find the timeouts, pool and queue that serve most of a load (culprit loadtest --help).")
    static final class LoadTest extends Pointer {}

    @Command(name = "bench", description = "Measure beside nginx, HAProxy and Undertow (culprit bench --help).")
    static final class Bench extends Pointer {}
}
