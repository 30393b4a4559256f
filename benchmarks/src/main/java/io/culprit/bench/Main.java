package io.culprit.bench;

import io.culprit.bench.load.LoadTestCommand;
import io.culprit.bench.rehearse.RehearseCommand;
import io.culprit.cli.ShortUsage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** The commands that need gateway and simulator together. Exit 0: fine, 1: a finding, 2: wrong usage. */
@Command(
        name = "culprit",
        description = "Commands that need gateway and simulator together.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        subcommands = {RehearseCommand.class, LoadTestCommand.class, BenchCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.setProperty("org.jboss.logging.provider", "slf4j");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new ShortUsage());
    }
}
