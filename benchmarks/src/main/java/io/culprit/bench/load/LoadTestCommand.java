package io.culprit.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culprit loadtest}: which timeouts, queue and pool sizes to set. */
@Command(
        name = "loadtest",
        description = {
            "Send requests at a planned rate, whatever becomes of them, and say which settings serve most. Exit 1 when a"
                    + " threshold is missed."
        },
        footer = {
            "",
            "Without a target a gateway and an upstream are started for each cell of the sweep; many cells are simulated, and"
                    + " two of them checked in real time. Results are kept in --out, from where an interrupted sweep goes on.",
            "Examples: conf/loadtests"
        })
public final class LoadTestCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "PLAN.yaml", description = "the plan; or flags")
    private Path planFile;

    @Option(names = "--url", description = "what to ask, instead of a plan")
    private String url;

    @Option(
            names = "--rate",
            defaultValue = "50",
            description = "requests a second, with --url (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(names = "--duration", defaultValue = "30s", description = "with --url (default: ${DEFAULT-VALUE})")
    private String duration;

    @Option(names = "--shape", defaultValue = "poisson", description = "constant, poisson, ramp or spike, with --url")
    private String shape;

    @Option(names = "--peak", description = "requests a second at the top of a ramp or spike, with --url")
    private Integer peak;

    @Option(names = "--patience", defaultValue = "60s", description = "how long a client waits, with --url")
    private String patience;

    @Option(names = "--success", description = "share that must succeed, such as 99%%, with --url")
    private String success;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "loadtest-results",
            description = "where results go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--html", paramLabel = "FILE", description = "write the report as one HTML page")
    private Path html;

    @Option(names = "--fresh", description = "forget results of an earlier run of the same plan")
    private boolean fresh;

    private final long started = System.nanoTime();

    @Override
    public Integer call() {
        if ((planFile == null) == (url == null)) {
            System.err.println("culprit: name a plan, or a target with --url");
            return 2;
        }
        try {
            Plan plan = planFile != null ? PlanReader.read(planFile) : PlanReader.parse(flags());
            Report report = run(plan);
            clear();
            System.out.print(report.markdown());
            if (html != null) {
                Files.writeString(html, ReportHtml.of(report));
            }
            return report.failed().isEmpty() ? 0 : 1;
        } catch (IOException e) {
            clear();
            System.err.println("culprit: " + e.getMessage());
            return 2;
        }
    }

    private String flags() {
        return """
                question: "How does %s take this load?"
                target: { url: "%s" }
                arrival: { rate: %d, peak: %d, duration: %s, shape: %s }
                patience: %s
                %s
                """.formatted(
                        url.replace("\"", ""),
                        url.replace("\"", ""),
                        rate,
                        peak == null ? rate : peak,
                        duration,
                        shape,
                        patience,
                        success == null ? "" : "thresholds: { success: " + success + " }");
    }

    private Report run(Plan plan) throws IOException {
        String key = Integer.toHexString((planFile == null ? flags() : Files.readString(planFile)).hashCode());
        CellStore store = new CellStore(out, key);
        if (fresh) {
            try (var files = Files.list(store.directory())) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
        }
        Sweep sweep = new Sweep(plan, store, this::progress);
        List<Cell> cells = sweep.run();
        Advice.Choice choice = Advice.best(cells);
        List<Sweep.Check> checks = sweep.check(cells, choice.cell());
        String version = LoadTestCommand.class.getPackage().getImplementationVersion();
        return new Report(
                plan,
                Instant.now(),
                "culprit %s, java %s, seed %d, raw figures in %s"
                        .formatted(version, System.getProperty("java.version"), plan.seed(), store.directory()),
                sweep.requestCount(),
                cells,
                choice,
                checks,
                missed(plan, choice.cell()));
    }

    private static List<String> missed(Plan plan, Cell best) {
        List<String> missed = new ArrayList<>();
        if (best.success() < plan.success()) {
            missed.add(String.format(
                    Locale.ROOT,
                    "%.2f %% of requests succeed, %.2f %% must",
                    best.success() * 100,
                    plan.success() * 100));
        }
        plan.p99()
                .filter(p99 -> best.percentileMillis(99) > p99.toMillis())
                .ifPresent(p99 -> missed.add(String.format(
                        Locale.ROOT, "p99 is %.0f ms, %d ms are allowed", best.percentileMillis(99), p99.toMillis())));
        return missed;
    }

    private void progress(int cell, int cells, double share, String what) {
        if (System.console() == null) {
            return;
        }
        double done = (cell + share) / cells;
        double seconds = (System.nanoTime() - started) / 1e9;
        int bar = (int) (done * 30);
        System.err.printf(
                "\r  [%s%s] %3.0f %%, %s left, %-40.40s",
                "#".repeat(bar),
                ".".repeat(30 - bar),
                done * 100,
                done > 0.01 ? String.format(Locale.ROOT, "%.0f s", seconds / done - seconds) : "?",
                what);
    }

    private static void clear() {
        if (System.console() != null) {
            System.err.printf("\r%-110s\r", "");
        }
    }
}
