package io.culprit.cli;

import io.culprit.config.AdminConfig;
import io.culprit.config.record.JournalConfig;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.JournalReader;
import io.culprit.triage.read.PointInTime;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code culprit dashboard}: all gateways that share a journal, without a gateway of its own. */
@Command(
        name = "dashboard",
        description = "Show all gateways that share a journal: which report, what fails where, and whose it is.",
        footer = {
            "",
            "A cause that one gateway sees and others do not is that machine's; one that all see is the upstream's; one at a",
            "single server from all gateways is that server's. Every gateway's own dashboard has the same page at /fleet.",
            "",
            "Example:",
            "  CULPRIT_JOURNAL_PASSWORD=... culprit dashboard --journal jdbc:postgresql://db/culprit --user culprit"
        })
final class DashboardCommand implements Callable<Integer> {
    private static final String LAST = "last";

    @Option(names = "--journal", required = true, paramLabel = "URL", description = "jdbc:postgresql://HOST/DATABASE")
    private String journal;

    @Option(names = "--user", paramLabel = "NAME", defaultValue = "", description = "database user")
    private String user;

    @Option(
            names = "--password",
            paramLabel = "TEXT",
            defaultValue = "${env:CULPRIT_JOURNAL_PASSWORD:-}",
            description = "its password (default: CULPRIT_JOURNAL_PASSWORD of the environment, where nobody sees it)")
    private String password;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "as it was then: 14:00, 2026-11-26T14:00, 2h, or last: when anything was counted last")
    private @Nullable String at;

    @Mixin
    private DashboardOptions where;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        AdminConfig address = where.config();
        if (!journal.startsWith("jdbc:")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--journal is \"" + journal + "\"; jdbc:postgresql://HOST/DATABASE was expected");
        }
        OptionalLong moment = moment();
        JournalConfig config = new JournalConfig(journal, user, password, Duration.ofDays(30), "");
        try (JournalReader reader = JournalReader.open(config)) {
            JournalQueries now = reader.queries();
            OptionalLong seen = LAST.equals(at) ? now.end() : moment;
            DashboardOptions.serve(seen.isPresent() ? now.asOf(seen.getAsLong()) : now, address);
            return 0;
        } catch (IOException | UnavailableException e) {
            System.err.println("culprit: " + e.getMessage());
            return 1;
        }
    }

    private OptionalLong moment() {
        if (at == null || at.equals(LAST)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(PointInTime.micros(at, ZoneId.systemDefault()) / 1000);
        } catch (DateTimeException e) {
            throw new ParameterException(spec.commandLine(), "--at: " + e.getMessage());
        }
    }
}
