package io.culprit.bench.load;

import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.PlanReader;
import io.culprit.bench.load.report.Advice;
import io.culprit.bench.load.report.Report;
import io.culprit.bench.load.report.ReportHtml;
import io.culprit.bench.load.report.ReportJson;
import io.culprit.bench.load.report.Thresholds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culprit loadtest}: which timeouts, queue and pool sizes to set. */
@Command(
        name = "loadtest",
        subcommands = MergeCommand.class,
        description = {
            "Send requests at a planned rate, whatever becomes of them, and say which settings serve most. Exit 1 when a"
                    + " threshold is missed or nothing succeeds."
        },
        footer = {
            "",
            "A plan without a target starts a gateway and an upstream for each cell of its sweep; more than six cells are"
                    + " simulated, and three of them checked in real time. Results are kept in --out, from where an"
                    + " interrupted sweep goes on.",
            "Load from many machines: --export k6 or --export gatling writes the plan as their script; --import reads Gatling's"
                    + " result; culprit loadtest merge adds several generators' .hlog files.",
            "Examples: conf/loadtests, and: culprit loadtest --url http://127.0.0.1:8080/ --rate 200 --success 99.9%%"
        })
public final class LoadTestCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "PLAN.yaml", description = "the plan; or --url and flags")
    private @Nullable Path planFile;

    @Option(names = "--url", description = "what to ask, instead of a plan; the flags below go with it")
    private @Nullable String url;

    @Option(names = "--rate", paramLabel = "N", description = "requests a second (default: 50)")
    private @Nullable String rate;

    @Option(names = "--duration", paramLabel = "TIME", description = "how long (default: 30s)")
    private @Nullable String duration;

    @Option(names = "--shape", description = "constant, poisson, ramp or spike (default: poisson)")
    private @Nullable String shape;

    @Option(names = "--peak", paramLabel = "N", description = "requests a second at the top of a ramp or spike")
    private @Nullable String peak;

    @Option(names = "--at", paramLabel = "TIME", description = "when a spike begins (default: 10s)")
    private @Nullable String spikeAt;

    @Option(names = "--for", paramLabel = "TIME", description = "how long a spike lasts (default: 10s)")
    private @Nullable String spikeFor;

    @Option(names = "--patience", paramLabel = "TIME", description = "how long a client waits (default: 60s)")
    private @Nullable String patience;

    @Option(names = "--success", paramLabel = "SHARE", description = "share that must succeed, such as 99%%")
    private @Nullable String success;

    @Option(names = "--p99", paramLabel = "TIME", description = "99th percentile that must not be exceeded")
    private @Nullable String p99;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "loadtest-results",
            description = "where raw results go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--html", paramLabel = "FILE", description = "write the report as one HTML page")
    private @Nullable Path html;

    @Option(names = "--markdown", paramLabel = "FILE", description = "write it as Markdown too")
    private @Nullable Path markdown;

    @Option(names = "--json", description = "print the figures as JSON instead of the report")
    private boolean json;

    @Option(names = "--fresh", description = "do not go on with an interrupted sweep")
    private boolean fresh;

    @Option(
            names = "--export",
            paramLabel = "TOOL",
            description = "print the plan as a script of k6 or gatling, for load from many machines, and send nothing")
    private ScriptExport.@Nullable Tool export;

    @Option(
            names = "--import",
            paramLabel = "FILE",
            description = "report on the simulation.log of a Gatling run of the exported plan instead of sending")
    private @Nullable Path imported;

    private final ProgressBar bar = new ProgressBar();

    @Override
    public Integer call() {
        if ((planFile == null) == (url == null)) {
            System.err.println("culprit: name a plan, or a target with --url");
            return 2;
        }
        if (planFile != null && !flags().isEmpty()) {
            System.err.println("culprit: these flags go with --url only; a plan says it itself: " + flags().trim());
            return 2;
        }
        if (export != null && imported != null) {
            System.err.println(
                    "culprit: --export prints a script and --import reports on its result; one of them at a time");
            return 2;
        }
        try {
            Plan plan = planFile != null
                    ? PlanReader.read(planFile)
                    : PlanReader.parse(flagPlan(Objects.requireNonNull(url)), "flags");
            if (export != null) {
                System.out.print(ScriptExport.of(plan, export));
                return 0;
            }
            writable(html);
            writable(markdown);
            Report report = imported == null ? run(plan) : imported(plan, imported);
            bar.clear();
            System.out.print(json ? ReportJson.of(report) : report.markdown());
            if (html != null) {
                Files.writeString(html, ReportHtml.of(report));
            }
            if (markdown != null) {
                Files.writeString(markdown, report.markdown());
            }
            return report.failed().isEmpty() ? 0 : 1;
        } catch (IOException e) {
            bar.clear();
            System.err.println("culprit: "
                    + (e instanceof java.nio.file.FileSystemException f
                            ? f.getFile() + ": cannot be written"
                            : e.getMessage()));
            return 2;
        }
    }

    /** Better refused now than after minutes of load. */
    private static void writable(@Nullable Path file) throws IOException {
        if (file != null) {
            Files.writeString(file, "");
        }
    }

    private String flags() {
        StringBuilder given = new StringBuilder();
        for (String each : List.of(
                given("--rate", rate),
                given("--duration", duration),
                given("--shape", shape),
                given("--peak", peak),
                given("--at", spikeAt),
                given("--for", spikeFor),
                given("--patience", patience),
                given("--success", success),
                given("--p99", p99))) {
            given.append(each);
        }
        return given.toString();
    }

    private static String given(String flag, @Nullable String value) {
        return value == null ? "" : flag + ' ';
    }

    private static String or(@Nullable String value, String fallback) {
        return quoted(value == null ? fallback : value);
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String key(String name, @Nullable String value) {
        return value == null ? "" : ", " + name + ": " + quoted(value);
    }

    /** What the flags mean, as a plan: one reader, one set of messages. */
    private String flagPlan(String target) {
        StringBuilder plan = new StringBuilder("question: ")
                .append(quoted("How does " + target + " take this load?"))
                .append("\ntarget: { url: ")
                .append(quoted(target))
                .append(" }\narrival: { rate: ")
                .append(or(rate, "50"))
                .append(", duration: ")
                .append(or(duration, "30s"))
                .append(", shape: ")
                .append(or(shape, "poisson"))
                .append(key("peak", peak))
                .append(key("at", spikeAt))
                .append(key("for", spikeFor))
                .append(" }\npatience: ")
                .append(or(patience, "60s"))
                .append('\n');
        if (success != null || p99 != null) {
            String keys = key("success", success) + key("p99", p99);
            plan.append("thresholds: {").append(keys.substring(1)).append(" }\n");
        }
        return plan.toString();
    }

    /** What Gatling measured, judged and shown as if we had. */
    private Report imported(Plan plan, Path file) throws IOException {
        Cell cell = new Cell(plan.settings(), false);
        GatlingLog.read(file, cell);
        cell.settle(plan.arrivals());
        List<Cell> cells = List.of(cell);
        return new Report(
                plan,
                Files.getLastModifiedTime(imported).toInstant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                "Gatling, read from " + imported,
                cell.requests,
                0,
                cells,
                Advice.best(plan, cells),
                List.of(),
                Optional.empty(),
                Thresholds.missed(plan, cell));
    }

    private Report run(Plan plan) throws IOException {
        String version = String.valueOf(LoadTestCommand.class.getPackage().getImplementationVersion());
        CellStore store =
                new CellStore(out, key(plan, version), !fresh && plan.url().isEmpty());
        Sweep sweep = new Sweep(plan, store, bar::at);
        List<Cell> cells = sweep.run();
        Optional<Advice.Choice> choice = Advice.best(plan, cells);
        Cell shown = choice.map(Advice.Choice::cell).orElse(cells.get(0));
        List<Sweep.Check> checks = choice.isEmpty() ? List.of() : sweep.check(cells, shown);
        store.finish();
        return new Report(
                plan,
                Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                "culprit %s, Java %s, seed %d, raw figures in %s"
                        .formatted(version, System.getProperty("java.version"), plan.seed(), store.directory()),
                sweep.requestCount(),
                sweep.reused(),
                cells,
                choice,
                checks,
                sweep.spread(shown),
                Thresholds.missed(plan, shown));
    }

    /** Differs where anything differs that a result depends on: the plan, the files it names, the version. */
    private String key(Plan plan, String version) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((planFile == null ? flagPlan(Objects.requireNonNull(url)) : Files.readString(planFile))
                    .getBytes(StandardCharsets.UTF_8));
            digest.update(version.getBytes(StandardCharsets.UTF_8));
            for (double share = 0; share <= 1; share += 0.001) {
                digest.update(Long.toString(plan.latency().quantile(share)).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6).toLowerCase(Locale.ROOT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
