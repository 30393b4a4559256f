package io.culprit.triage.spark;

import io.culprit.cli.DashboardOptions;
import io.culprit.config.AdminConfig;
import io.culprit.config.record.JournalConfig;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/** Opens tables of days on the dashboard: as a journal in a temporary folder of the driver, as it was when the last of them ended. */
final class DayDashboard {
    private DayDashboard() {}

    /** Fills a journal. */
    interface Filling {
        void into(String journal) throws IOException;
    }

    /**
     * Shows them until the process is ended.
     *
     * @throws IOException when the tables cannot be read, the folder not written or the address not had
     */
    static void open(Filling filling, AdminConfig address) throws IOException {
        Path folder = Files.createTempDirectory("culprit");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "dashboard-end"));
        String journal = "jdbc:h2:" + folder.resolve("days");
        filling.into(journal);
        JournalConfig config = new JournalConfig(journal, "", "", Duration.ofDays(30), "lake");
        try (JournalReader reader = JournalReader.open(config)) {
            JournalQueries queries = reader.queries();
            DashboardOptions.serve(queries.asOf(queries.end().orElseGet(System::currentTimeMillis)), address);
        } catch (UnavailableException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            System.err.println("culprit: " + folder + " stays: " + e.getMessage());
        }
    }
}
