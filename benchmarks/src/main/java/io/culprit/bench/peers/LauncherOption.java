package io.culprit.bench.peers;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** How the gateway that is measured is started: by the launcher that started this command. */
final class LauncherOption {
    @Option(
            names = "--launcher",
            paramLabel = "FILE",
            hidden = true,
            defaultValue = "${sys:culprit.launcher:-./culprit}")
    private Path launcher;

    List<String> command() {
        return List.of(launcher.toAbsolutePath().toString());
    }
}
