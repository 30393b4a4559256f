package io.culprit.bench.fleet;

import io.culprit.admin.view.FleetView;
import io.culprit.config.record.JournalConfig;
import io.culprit.record.journal.JournalImport;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.JournalReader;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench fleet}: how long a fleet's page and a gateway's write take on a PostgreSQL that is full. */
@Command(
        name = "fleet",
        description = {
            "Fill a PostgreSQL with the counts of many gateways over days, then measure the fleet's page and a gateway's write round.",
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
            List<Double> pages = new ArrayList<>();
            int size = 0;
            for (int i = 0; i < rounds; i++) {
                long start = System.nanoTime();
                size = FleetView.json(reader.queries(), 15).length;
                pages.add((System.nanoTime() - start) / 1e6);
            }
            List<Double> writes = new ArrayList<>();
            long now = System.currentTimeMillis();
            try (JournalImport gateway = JournalImport.open(config, "bench", "writer", "bench", now, now)) {
                for (int i = 0; i < rounds; i++) {
                    List<Minute> round = new ArrayList<>();
                    for (int n = 0; n < 200; n++) {
                        round.add(new Minute(now / 60_000 + i, "app-" + n % 20, "10.0.0." + n, "connect.refused", n));
                    }
                    long start = System.nanoTime();
                    gateway.write(round, List.of());
                    writes.add((System.nanoTime() - start) / 1e6);
                }
            }
            System.out.printf("%,d rows of %d gateways over %d days, %s%n", count(), instances, days, bytes());
            double page = shown("page of the last 15 minutes (" + size + " bytes)", pages);
            double write = shown("write round of 200 counts", writes);
            return page <= PAGE_GOAL && write <= ROUND_GOAL ? 0 : 1;
        }
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
            statement.execute("INSERT INTO runs SELECT 'bench-' || i, 'gw-' || i, 'bench', 0, "
                    + System.currentTimeMillis() + ", NULL, NULL FROM generate_series(1, " + instances
                    + ") i ON CONFLICT (run) DO UPDATE SET seen_millis = EXCLUDED.seen_millis");
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO counts SELECT m, 'bench-' || i, '/', 'app-' || s % 20,"
                            + " '10.0.' || s / 250 || '.' || s % 250, CASE WHEN s % 10 = 0 THEN 'connect.refused' ELSE 'ok' END,"
                            + " CASE WHEN s % 2 = 0 THEN 'A' ELSE 'F' END, 100 FROM generate_series(?::bigint, ?::bigint) m,"
                            + " generate_series(1, ?) i, generate_series(1, ?) s ON CONFLICT DO NOTHING")) {
                for (long day = today - days + 1; day <= today; day++) {
                    statement.execute("SELECT journal_day(" + day + ")");
                    insert.setLong(1, day * MINUTES_A_DAY);
                    insert.setLong(2, day * MINUTES_A_DAY + MINUTES_A_DAY - 1);
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
