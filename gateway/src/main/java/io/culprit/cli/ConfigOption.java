package io.culprit.cli;

import io.culprit.config.ConfigException;
import io.culprit.config.ConfigLoader;
import io.culprit.config.GatewayConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option every command shares that needs a configuration. */
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "conf/culprit.yaml",
            description = "configuration file (default: ${DEFAULT-VALUE})")
    Path path;

    GatewayConfig load() throws ConfigException {
        return ConfigLoader.load(path, System.getenv());
    }
}
