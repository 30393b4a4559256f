package io.culprit.cli;

import io.culprit.cli.tools.DoctorCommand;
import io.culprit.cli.tools.ExplainCommand;
import io.culprit.cli.tools.ImportCommand;
import io.culprit.cli.tools.LintCommand;
import io.culprit.cli.tools.TriageCommand;
import io.culprit.cli.tools.WhoseCommand;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** The command line. Exit 0: fine, 1: a finding, 2: wrong usage. */
@Command(
        name = "culprit",
        description = "A reverse-proxy gateway that names what broke.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            ReloadCommand.class,
            DashboardCommand.class,
            TrainCommand.class,
            TriageCommand.class,
            ExplainCommand.class,
            WhoseCommand.class,
            DoctorCommand.class,
            LintCommand.class,
            ImportCommand.class,
            LauncherCommands.Sim.class,
            LauncherCommands.Rehearse.class,
            LauncherCommands.LoadTest.class,
            LauncherCommands.Bench.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Undertow and XNIO log through slf4j; the rest of the logging is set up in logback.xml.
        System.setProperty("org.jboss.logging.provider", "slf4j");
        System.exit(run(args));
    }

    /**
     * The one command that is in a hurry goes past picocli: its classes are of a version that no class-data archive takes,
     * and reading them costs half of the time to start.
     */
    private static int run(String[] args) {
        boolean plain =
                args.length == 3 && args[0].equals("run") && (args[1].equals("-c") || args[1].equals("--config"));
        return plain
                ? RunCommand.run(Path.of(args[2]), Optional.empty(), Optional.empty())
                : commandLine().execute(args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new ShortUsage());
    }

    /** Reads the version from the jar's manifest. */
    public static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"culprit " + number()};
        }

        public static String number() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "(built from classes)" : version;
        }
    }
}
