package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.record.JournalConfig;
import io.culprit.record.fleet.Attempts;
import io.culprit.record.journal.JournalImport;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.CauseTotal;
import io.culprit.record.journal.JournalQueries.Point;
import io.culprit.record.journal.JournalReader;
import io.culprit.record.journal.store.JournalFile;
import io.culprit.record.journal.store.JournalStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sums over ten minutes, an hour and a day say what the minutes say, whoever writes late; on a real PostgreSQL. */
class JournalSumsTest {
    private static final int DAY = 1440;

    private static Postgres postgres;
    private static JournalConfig config;

    @BeforeAll
    static void start() throws Exception {
        postgres = Postgres.create();
        config = new JournalConfig(postgres.url(), "", "", Duration.ofDays(366), "test");
    }

    @AfterAll
    static void stop() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    private record Key(String run, long minute, String cause) {}

    @Test
    void whateverIsWrittenWheneverTheSumsAreWhatTheMinutesAre() throws Exception {
        Random random = new Random(7);
        long now = System.currentTimeMillis() / 60_000;
        long base = now - 4 * DAY;
        Map<Key, Long> model = new HashMap<>();
        Map<String, JournalImport> writers = new HashMap<>();
        int added = 0;
        try (JournalReader reader = JournalReader.open(config);
                JournalStore store = JournalFile.open(config)) {
            for (int step = 0; step < 60; step++) {
                String run = "run-" + random.nextInt(3);
                switch (random.nextInt(4)) {
                    case 0, 1 -> write(writers(writers, run, base, now), run, rows(random, base), model);
                    case 2 -> {
                        long until = base + random.nextInt(4 * DAY);
                        for (int i = random.nextInt(200); i > 0 && store.addUp(base, until); i--) {
                            added++;
                        }
                    }
                    default -> { // what was imported once is imported again, and differs
                        JournalImport before = writers.remove(run);
                        if (before != null) {
                            before.close();
                        }
                        model.keySet().removeIf(key -> key.run().equals(run));
                        write(writers(writers, run, base, now), run, rows(random, base), model);
                    }
                }
                compare(reader.queries(), model, base + random.nextInt(DAY), random);
            }
            while (store.addUp(base, now - 3)) {
                added++;
            }
            compare(reader.queries(), model, base, random);
            assertTrue(added > 500, "sums made: " + added);
            assertEquals(3, number("SELECT COUNT(*) FROM summed WHERE width = 1440 AND at_minute >= " + base));
            assertTrue(number("SELECT COUNT(*) FROM sums WHERE width = 60") > 10);
        }
        for (JournalImport each : writers.values()) {
            each.close();
        }
    }

    private static JournalImport writers(Map<String, JournalImport> writers, String run, long base, long now)
            throws IOException {
        JournalImport open = writers.get(run);
        if (open == null) {
            open = JournalImport.open(config, run, run, "1", base * 60_000, now * 60_000);
            writers.put(run, open);
        }
        return open;
    }

    private static List<Minute> rows(Random random, long base) {
        List<Minute> rows = new ArrayList<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
            String cause = random.nextBoolean() ? "ok" : "connect.refused";
            rows.add(new Minute(base + random.nextInt(4 * DAY), "app", "a:1", cause, 1 + random.nextInt(1000)));
        }
        return rows;
    }

    private static void write(JournalImport writer, String run, List<Minute> rows, Map<Key, Long> model)
            throws IOException {
        writer.write(rows, List.of());
        rows.forEach(each -> model.put(new Key(run, each.minute(), each.cause()), each.total()));
    }

    private static void compare(JournalQueries queries, Map<Key, Long> model, long since, Random random)
            throws Exception {
        long until = since + random.nextInt(3 * DAY);
        Map<String, Long> byRun = new TreeMap<>();
        Map<String, long[]> byCause = new TreeMap<>();
        model.forEach((key, n) -> {
            if (key.minute() >= since && key.minute() <= until) {
                byRun.merge(key.run() + key.cause(), n, Long::sum);
            }
            if (key.minute() >= since) {
                long[] sum = byCause.computeIfAbsent(key.cause(), c -> new long[] {0, Long.MAX_VALUE, 0});
                sum[0] += n;
                sum[1] = Math.min(sum[1], key.minute());
                sum[2] = Math.max(sum[2], key.minute());
            }
        });
        Map<String, Long> found = new TreeMap<>();
        for (Attempts each : queries.fleet().counts(since, until, false)) {
            found.merge(each.instance() + each.cause(), each.count(), Long::sum);
        }
        assertEquals(byRun, found);
        Map<String, String> causes = new TreeMap<>();
        for (CauseTotal each : queries.causes(since)) {
            causes.put(each.cause(), List.of(each.count(), each.firstMinute(), each.lastMinute()) + "");
        }
        Map<String, String> expected = new TreeMap<>();
        byCause.forEach((cause, sum) -> expected.put(cause, List.of(sum[0], sum[1], sum[2]) + ""));
        assertEquals(expected, causes);
        for (int step : new int[] {1, 10, 60, 180, 360, DAY}) {
            Map<String, Long> points = new TreeMap<>();
            model.forEach((key, n) -> {
                if (key.minute() >= since && key.run().equals("run-1")) {
                    points.merge(key.minute() / step * step + key.cause(), n, Long::sum);
                }
            });
            Map<String, Long> history = new TreeMap<>();
            for (Point each : queries.history(since, step, "run-1")) {
                history.put(each.minute() + each.cause(), each.count());
            }
            assertEquals(points, history, "step " + step);
        }
    }

    /** Who writes into a stretch while it is added up is in the sum, or the sum does not stand. */
    @Test
    void nothingIsLostBetweenAWriterAndWhoeverAddsUp() throws Exception {
        long now = System.currentTimeMillis() / 60_000;
        long base = (now / DAY - 20) * DAY;
        AtomicBoolean done = new AtomicBoolean();
        try (JournalReader reader = JournalReader.open(config);
                JournalStore store = JournalFile.open(config);
                JournalStore other = JournalFile.open(config)) {
            List<CompletableFuture<Integer>> adding = new ArrayList<>();
            for (JournalStore each : List.of(store, other)) {
                adding.add(CompletableFuture.supplyAsync(() -> addUp(each, base, done)));
            }
            List<CompletableFuture<Void>> writing = new ArrayList<>();
            for (int w = 0; w < 2; w++) {
                int seed = w;
                writing.add(CompletableFuture.runAsync(() -> writeMuch("writer-" + seed, base, seed)));
            }
            writing.forEach(CompletableFuture::join);
            done.set(true);
            int added = adding.stream().mapToInt(CompletableFuture::join).sum();
            assertTrue(added > 0);
            while (store.addUp(base, base + 120)) {}
            assertFalse(store.addUp(base, base + 120));
            assertEquals(
                    14,
                    number("SELECT COUNT(*) FROM summed WHERE at_minute >= " + base + " AND at_minute < "
                            + (base + 120)));
            long sums = reader.queries().fleet().counts(base, base + 119, false).stream()
                    .mapToLong(Attempts::count)
                    .sum();
            assertEquals(
                    number("SELECT SUM(n) FROM counts WHERE at_minute >= " + base + " AND at_minute < " + (base + 120)),
                    sums);
        }
    }

    private static int addUp(JournalStore store, long base, AtomicBoolean done) {
        int added = 0;
        try {
            while (!done.get()) {
                added += store.addUp(base, base + 120) ? 1 : 0;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return added;
    }

    private static void writeMuch(String run, long base, int seed) {
        Random random = new Random(seed);
        try (JournalImport writer = JournalImport.open(config, run, run, "1", base * 60_000, (base + 120) * 60_000)) {
            for (int i = 0; i < 150; i++) {
                long minute = base + random.nextInt(110);
                writer.write(
                        List.of(
                                new Minute(minute, "app", "", "ok", random.nextInt(1000)),
                                new Minute(minute + random.nextInt(10), "app", "", "head.reset", random.nextInt(1000))),
                        List.of());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A day that is forgotten takes its sums with it. */
    @Test
    void theRetentionForgetsSumsToo() throws Exception {
        long now = System.currentTimeMillis() / 60_000;
        long day = now / DAY - 40;
        try (JournalImport writer =
                        JournalImport.open(config, "old", "old", "1", day * DAY * 60_000, (day + 1) * DAY * 60_000);
                JournalStore store = JournalFile.open(config)) {
            writer.write(List.of(new Minute(day * DAY, "app", "", "ok", 5)), List.of());
            assertTrue(store.addUp(day * DAY, day * DAY + 10));
            assertEquals(1, number("SELECT COUNT(*) FROM summed WHERE at_minute = " + day * DAY));
            assertEquals(1, number("SELECT COUNT(*) FROM sums WHERE at_minute = " + day * DAY));
            store.prune((day + 1) * DAY * 60_000);
            assertEquals(0, number("SELECT COUNT(*) FROM summed WHERE at_minute = " + day * DAY));
            assertEquals(0, number("SELECT COUNT(*) FROM sums WHERE at_minute = " + day * DAY));
        }
    }

    private static long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
