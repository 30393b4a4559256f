package io.culprit.cli;

import io.culprit.config.JournalConfig;
import io.culprit.record.journal.JournalImport;
import io.culprit.triage.Triage;
import io.culprit.triage.report.JournalRows;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/** What triage found, as rows of the journal. */
final class TriageImport {
    private static final String INSTANCE = "logs";
    private static final Duration KEPT = Duration.ofDays(7);

    private TriageImport() {}

    /**
     * @param url the journal's, with user and password where it needs them
     * @return minutes written
     * @throws IOException when it cannot be opened or written
     */
    static int write(Triage.Result result, String url) throws IOException {
        JournalRows rows = JournalRows.of(result, INSTANCE);
        JournalConfig config = new JournalConfig(url, "", "", KEPT, INSTANCE);
        JournalImport.write(config, origin(result), INSTANCE, Main.Version.number(), rows.minutes(), rows.examples());
        return rows.minutes().size();
    }

    /** This machine and its files: what is read of them again replaces what was written before. */
    private static String origin(Triage.Result result) {
        return JournalConfig.hostName() + ": "
                + result.files().stream()
                        .map(file -> Path.of(file.name()).toAbsolutePath().toString())
                        .sorted()
                        .collect(Collectors.joining(", "));
    }
}
