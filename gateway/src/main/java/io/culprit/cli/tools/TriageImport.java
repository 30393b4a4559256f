package io.culprit.cli.tools;

import io.culprit.cli.Main;
import io.culprit.config.record.JournalConfig;
import io.culprit.record.journal.JournalImport;
import io.culprit.triage.Triage;
import io.culprit.triage.read.LogFile;
import io.culprit.triage.report.JournalRows;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** What triage found, as rows of the journal. */
final class TriageImport {
    private static final String INSTANCE = "logs";
    private static final int DIGITS_OF_A_TIME = 8;
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
        JournalImport.write(
                config, origin(result.files()), INSTANCE, Main.Version.number(), rows.minutes(), rows.examples());
        return rows.minutes().size();
    }

    /**
     * The files, each by its first line, so that a log that was rotated, packed or copied since is the same log: what is read of it
     * again replaces what was written before. One that begins without a time is known by this machine and its name.
     */
    static String origin(List<LogFile> files) {
        return files.stream().map(TriageImport::origin).sorted().collect(Collectors.joining(", "));
    }

    private static String origin(LogFile file) {
        String first = file.firstLine();
        boolean dated = first.chars().filter(c -> c >= '0' && c <= '9').count() >= DIGITS_OF_A_TIME;
        return dated
                ? first
                : JournalConfig.hostName() + ":" + Path.of(file.name()).toAbsolutePath();
    }
}
