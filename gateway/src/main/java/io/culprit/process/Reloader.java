package io.culprit.process;

import io.culprit.admin.ReloadReport;
import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Reads a running gateway's file anew and puts it into force; a file with problems changes nothing. Any thread. */
public final class Reloader implements Supplier<ReloadReport> {
    private final Gateway gateway;
    private final Path path;

    /** @param path the file the gateway was started from */
    public Reloader(Gateway gateway, Path path) {
        this.gateway = gateway;
        this.path = path;
    }

    @Override
    public ReloadReport get() {
        try {
            GatewayConfig next = ConfigLoader.load(path, System.getenv());
            return ReloadReport.done(gateway.reload(next));
        } catch (ConfigException e) {
            List<String> problems = e.problems().stream().map(Object::toString).toList();
            gateway.fileRefused(problems);
            return ReloadReport.refused(problems);
        } catch (IOException e) {
            return ReloadReport.refused(List.of(e.getMessage()));
        }
    }
}
