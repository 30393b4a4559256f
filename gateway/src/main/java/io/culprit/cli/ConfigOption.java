package io.culprit.cli;

import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option every command shares that needs a configuration. */
final class ConfigOption {
    private static final Path DEFAULT = Path.of("conf", "culprit.yaml");

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "configuration file (default: conf/culprit.yaml here, else the one beside the launcher)")
    private @Nullable Path named;

    GatewayConfig load() throws ConfigException {
        return ConfigLoader.load(path(), System.getenv());
    }

    /** The file named, or the default one: of this folder, else of the launcher's. */
    Path path() {
        if (named != null) {
            return named;
        }
        Path beside = Path.of(System.getProperty("culprit.home", ".")).resolve(DEFAULT);
        if (Files.exists(DEFAULT)) {
            return DEFAULT;
        }
        if (Files.exists(beside)) {
            return beside;
        }
        throw new ParameterException(
                command.commandLine(),
                "no configuration: there is neither %s nor %s; name one with -c FILE"
                        .formatted(
                                DEFAULT.toAbsolutePath(),
                                beside.toAbsolutePath().normalize()));
    }
}
