package io.culprit.record.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.admin.view.FleetView;
import io.culprit.admin.view.HistoryView;
import io.culprit.config.record.JournalConfig;
import io.culprit.record.fleet.Instance;
import io.culprit.record.journal.JournalImport.Minute;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal as it was at a moment long ago. */
class JournalMomentTest {
    private static final long LONG_AGO = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli() / 60_000;

    @TempDir
    private Path folder;

    private JournalConfig config;

    @BeforeEach
    void write() throws Exception {
        config = new JournalConfig("jdbc:h2:" + folder.resolve("j"), "", "", Duration.ofDays(366), "test");
        JournalImport.write(
                config,
                "early",
                "web-1",
                "1",
                List.of(minute(0, "connect.refused", 3), minute(5, "connect.refused", 4), minute(5, "ok", 100)),
                List.of());
        JournalImport.write(config, "late", "web-2", "1", List.of(minute(60, "head.reset", 5)), List.of());
    }

    private static Minute minute(int after, String cause, long n) {
        return new Minute(LONG_AGO + after, "app", "a:1", cause, n);
    }

    private static long at(int minutes) {
        return (LONG_AGO + minutes) * 60_000;
    }

    @Test
    void whatCameLaterIsLeftOut() throws Exception {
        try (JournalReader reader = JournalReader.open(config)) {
            JournalQueries then = reader.queries().asOf(at(5) + 30_000);
            String fleet = new String(FleetView.json(then, 15), StandardCharsets.UTF_8);
            assertTrue(fleet.startsWith("{\"as_of\":\"2026-03-01T12:05:30Z\""), fleet);
            assertTrue(fleet.contains("\"count\":7"), fleet);
            assertFalse(fleet.contains("web-2"), fleet);
            String month =
                    new String(FleetView.json(reader.queries().asOf(at(10 * 1440)), 30 * 1440), StandardCharsets.UTF_8);
            assertTrue(month.contains("\"name\":\"web-1\""), "silent for ten days, and counted: " + month);
            assertEquals(
                    List.of("web-1 REPORTING"),
                    then.fleet().instances(then.nowMillis()).stream()
                            .map(each -> each.name() + " " + each.state())
                            .toList());
            assertEquals(
                    Instance.State.STOPPED,
                    reader.queries().asOf(at(60)).fleet().instances(at(60)).stream()
                            .filter(each -> each.name().equals("web-1"))
                            .findFirst()
                            .orElseThrow()
                            .state());
            assertEquals(2, then.causes(LONG_AGO).size());
            assertEquals(3, reader.queries().causes(LONG_AGO).size());
        }
    }

    @Test
    void theLastMinutesAreThoseBeforeTheMoment() throws Exception {
        try (JournalReader reader = JournalReader.open(config)) {
            String one = new String(FleetView.json(reader.queries().asOf(at(6)), 3), StandardCharsets.UTF_8);
            assertTrue(one.contains("\"count\":4"), one);
            String before = new String(FleetView.json(reader.queries().asOf(at(5)), 5), StandardCharsets.UTF_8);
            assertTrue(before.contains("\"count\":3"), before);
            String chart = new String(HistoryView.json(reader.queries().asOf(at(6)), 5, ""), StandardCharsets.UTF_8);
            assertTrue(chart.contains("\"t\":" + LONG_AGO * 60), chart);
            assertTrue(chart.endsWith("\"counts\":{\"connect.refused\":4,\"ok\":100}}]}"), chart);
        }
    }

    @Test
    void itsEndIsTheLastCountedMinutes() throws Exception {
        try (JournalReader reader = JournalReader.open(config)) {
            assertEquals(OptionalLong.of(at(61)), reader.queries().end());
            assertEquals(OptionalLong.empty(), reader.queries().moment());
        }
        JournalConfig empty = new JournalConfig("jdbc:h2:" + folder.resolve("e"), "", "", Duration.ofDays(1), "test");
        JournalImport.open(empty, "nothing", "web-1", "1", 0, 0).close();
        try (JournalReader reader = JournalReader.open(empty)) {
            assertEquals(OptionalLong.empty(), reader.queries().end());
        }
    }
}
