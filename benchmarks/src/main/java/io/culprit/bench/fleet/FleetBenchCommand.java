package io.culprit.bench.fleet;

import io.culprit.admin.view.FleetView;
import io.culprit.admin.view.HistoryView;
import io.culprit.config.record.JournalConfig;
import io.culprit.record.journal.JournalImport;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.JournalReader;
import io.culprit.record.journal.store.JournalFile;
import io.culprit.record.journal.store.JournalStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench fleet}: how long a fleet's page and a gateway's write take on a PostgreSQL that is full. */
@Command(
        name = "fleet",
        description = {
            "Fill a PostgreSQL with the counts of many gateways over days, then measure the fleet's pages and the gateways' write rounds.",
            "The database is one for this alone: what it holds grows. Exit 1 when a goal is missed: 300 ms a page, 100 ms a round."
        },
        footer = {"", "Example:", "  culprit bench fleet"})
public final class FleetBenchCommand implements Callable<Integer> {
    private static final double PAGE_GOAL = 300;
    private static final double ROUND_GOAL = 100;
    private static final int MINUTES_A_DAY = 1440;

    @Option(names = "--journal", required = true, paramLabel = "URL", description = "jdbc:postgresql://HOST/DATABASE")
    private String journal;

    @Option(names = "--instances", defaultValue = "50", description = "gateways (default: ${DEFAULT-VALUE})")
    private int instances;

    @Option(names = "--rows", defaultValue = "100000000", description = "counts in all (default: ${DEFAULT-VALUE})")
    private long rows;

    @Option(
            names = "--days",
            defaultValue = "30",
            description = "over which they are spread (default: ${DEFAULT-VALUE})")
    private int days;

    @Option(names = "--filled", description = "the database is filled by an earlier run: measure only")
    private boolean filled;

    @Option(
            names = "--writers",
            defaultValue = "50",
            description = "gateways that write at once (default: ${DEFAULT-VALUE})")
    private int writers;

    @Option(names = "--rounds", defaultValue = "30", description = "measured of each kind (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Override
    public Integer call() throws IOException, SQLException, UnavailableException {
        JournalConfig config = new JournalConfig(journal, "", "", Duration.ofDays(366), "bench");
        long today = System.currentTimeMillis() / 60_000 / MINUTES_A_DAY;
        try (JournalReader reader = JournalReader.open(config)) {
            if (!filled) {
                fill(today);
            }
            addUp(config, today);
            System.out.printf("%,d rows of %d gateways over %d days, %s%n", count(), instances, days, bytes());
            double page = 0;
            for (int minutes : new int[] {15, MINUTES_A_DAY, 7 * MINUTES_A_DAY, 30 * MINUTES_A_DAY}) {
                page = Math.max(page, pages(reader.queries(), minutes));
            }
            double write = Math.max(writeRounds(config, 1), writeRounds(config, writers));
            return page <= PAGE_GOAL && write <= ROUND_GOAL ? 0 : 1;
        }
    }

    /** What the gateways do beside their work, a little each minute. */
    private void addUp(JournalConfig config, long today) throws IOException, SQLException {
        long start = System.nanoTime();
        long sums = 0;
        try (JournalStore store = JournalFile.open(config)) {
            long until = System.currentTimeMillis() / 60_000 - 3;
            while (store.addUp((today - days + 1) * MINUTES_A_DAY, until)) {
                sums++;
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%,d sums made in %.1f s, %.1f ms each%n", sums, seconds, sums == 0 ? 0 : 1000 * seconds / sums);
    }

    /** What the page asks for: the fleet's figures and the chart. */
    private double pages(JournalQueries journal, int minutes) throws UnavailableException {
        List<Double> fleet = new ArrayList<>();
        List<Double> chart = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            FleetView.json(journal, minutes);
            long between = System.nanoTime();
            HistoryView.json(journal, minutes, "");
            fleet.add((between - start) / 1e6);
            chart.add((System.nanoTime() - between) / 1e6);
        }
        String range = minutes < MINUTES_A_DAY ? minutes + " minutes" : minutes / MINUTES_A_DAY + " days";
        return Math.max(shown("figures of " + range, fleet), shown("chart of " + range, chart));
    }

    /** Rounds of several gateways at once, each every 0.4 s as gateways do. */
    private double writeRounds(JournalConfig config, int gateways) throws IOException {
        List<Double> writes = Collections.synchronizedList(new ArrayList<>());
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(gateways);
        List<JournalImport> open = new ArrayList<>();
        try {
            CountDownLatch left = new CountDownLatch(gateways * rounds);
            long now = System.currentTimeMillis();
            for (int g = 0; g < gateways; g++) {
                open.add(JournalImport.open(config, "bench", "writer-" + g, "bench", now, now));
            }
            for (int g = 0; g < gateways; g++) {
                JournalImport gateway = open.get(g);
                AtomicInteger round = new AtomicInteger();
                clock.scheduleAtFixedRate(
                        () -> {
                            int i = round.getAndIncrement();
                            if (i < rounds) {
                                writes.add(writeRound(gateway, now / 60_000, i));
                                left.countDown();
                            }
                        },
                        400L * g / gateways,
                        400,
                        TimeUnit.MILLISECONDS);
            }
            if (!left.await(10, TimeUnit.MINUTES)) {
                throw new IOException("the journal does not take what is written, see its log");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            clock.shutdownNow();
            for (JournalImport each : open) {
                each.close();
            }
        }
        return shown("write round of 200 counts, " + gateways + " at once", writes);
    }

    private static double writeRound(JournalImport gateway, long minute, int round) {
        List<Minute> counts = new ArrayList<>();
        for (int n = 0; n < 200; n++) {
            counts.add(new Minute(minute, "app-" + n % 20, "10.0.0." + n, "connect.refused", round + 1L));
        }
        long start = System.nanoTime();
        try {
            gateway.write(counts, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double shown(String what, List<Double> millis) {
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double p95 = sorted[(int) Math.ceil(sorted.length * 0.95) - 1];
        System.out.printf(
                "%-45s median %.1f ms, 95 %% %.1f ms, most %.1f ms%n",
                what,
                sorted[sorted.length / 2],
                p95,
                Arrays.stream(sorted).max().orElse(0));
        return p95;
    }

    /** Every gateway has as many series a minute as the rows need, most of them attempts that went well. */
    private void fill(long today) throws SQLException {
        long series = Math.max(1, rows / days / MINUTES_A_DAY / instances);
        try (Connection connection = DriverManager.getConnection(journal);
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica"); // no triggers: nothing is added up yet
            statement.execute("INSERT INTO runs SELECT 'bench-' || i, 'gw-' || i, 'bench', 0, "
                    + System.currentTimeMillis() + ", NULL, NULL FROM generate_series(1, " + instances
                    + ") i ON CONFLICT (run) DO UPDATE SET seen_millis = EXCLUDED.seen_millis");
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO counts SELECT m, 'bench-' || i, '/', 'app-' || s % 20,"
                            + " '10.0.' || s / 250 || '.' || s % 250, CASE WHEN s % 10 = 0 THEN 'connect.refused' ELSE 'ok' END,"
                            + " CASE WHEN s % 2 = 0 THEN 'A' ELSE 'F' END, 100 FROM generate_series(?::bigint, ?::bigint) m,"
                            + " generate_series(1, ?) i, generate_series(1, ?) s ON CONFLICT DO NOTHING")) {
                long nowMinute = System.currentTimeMillis() / 60_000;
                for (long day = today - days + 1; day <= today; day++) {
                    statement.execute("SELECT journal_day(" + day + ")");
                    insert.setLong(1, day * MINUTES_A_DAY);
                    insert.setLong(2, Math.min(day * MINUTES_A_DAY + MINUTES_A_DAY, nowMinute) - 1);
                    insert.setInt(3, instances);
                    insert.setLong(4, series);
                    insert.executeUpdate();
                    System.err.printf("\r%d of %d days", day - today + days, days);
                }
            }
            System.err.println();
            statement.execute("ANALYZE counts");
        }
    }

    private long count() throws SQLException {
        return number("SELECT sum(n_live_tup) FROM pg_stat_user_tables WHERE relname LIKE 'counts_2%'");
    }

    private String bytes() throws SQLException {
        return "%.1f GiB on disk".formatted(number("SELECT pg_database_size(current_database())") / (double) (1 << 30));
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(journal);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
        }
    }
}
