package io.culprit.admin.view;

import io.culprit.config.ConfigSource;
import io.culprit.config.GatewayConfig;
import io.culprit.config.Problem;
import io.culprit.record.Monitor;
import io.culprit.record.Version;
import io.culprit.record.journal.Journal;
import io.culprit.server.ServedCertificate;
import java.util.List;
import java.util.function.Supplier;

/** The configuration in force, and whether its files still say the same. Thread-safe. */
public final class ConfigurationView {
    private final Supplier<GatewayConfig> configs;
    private final Monitor monitor;
    private final Supplier<List<ServedCertificate>> certificates;

    public ConfigurationView(
            Supplier<GatewayConfig> configs, Monitor monitor, Supplier<List<ServedCertificate>> certificates) {
        this.certificates = certificates;
        this.configs = configs;
        this.monitor = monitor;
    }

    /** Files with secrets masked, their hash, and the problems the files have now. */
    public byte[] json() {
        GatewayConfig config = configs.get();
        ConfigSource source = config.source();
        ConfigSource.Present present = source.present();
        return new Tree()
                .put("version", Version.text())
                .put("java", System.getProperty("java.version"))
                .put("instance", config.instance())
                .put("hash", source.fingerprint().hex())
                .put("loaded_at", source.loadedAt().toString())
                .put("in_force", present.hash().equals(source.fingerprint().hex()))
                .put(
                        "problems",
                        present.problems().stream()
                                .map(ConfigurationView::problem)
                                .toList())
                .put("journal", monitor.journal().map(Journal::place).orElse("off"))
                .put("journal_trouble", monitor.journal().map(Journal::trouble).orElse(""))
                .put(
                        "journal_lag_seconds",
                        monitor.journal().map(Journal::lagSeconds).orElse(0.0))
                .put(
                        "certificates",
                        certificates.get().stream()
                                .map(ConfigurationView::certificate)
                                .toList())
                .put(
                        "files",
                        source.files().stream()
                                .map(file -> new Tree().put("name", file.name()).put("text", file.text()))
                                .toList())
                .bytes();
    }

    private static Tree certificate(ServedCertificate served) {
        return new Tree()
                .put("listener", served.listener())
                .put("names", served.names())
                .put("ends", served.ends().toString())
                .put("days_left", served.daysLeft())
                .put("library", served.library())
                .put("trouble", served.trouble());
    }

    private static Tree problem(Problem problem) {
        return new Tree()
                .put("file", problem.file())
                .put("line", problem.line())
                .put("column", problem.column())
                .put("message", problem.message());
    }
}
