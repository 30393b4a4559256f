package io.culprit.bench.load;

import io.culprit.bench.load.plan.Arrivals;
import io.culprit.bench.load.plan.LatencyReader;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.Settings;
import io.culprit.bench.load.report.Advice;
import io.culprit.bench.load.report.Report;
import io.culprit.bench.load.report.ReportHtml;
import io.culprit.bench.load.report.ReportJson;
import io.culprit.bench.load.report.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culprit loadtest merge}: several generators' results as one. */
@Command(
        name = "merge",
        description = "Add the results of several generators into one report: each .hlog with the .json beside it.",
        footer = {
            "",
            "They began together: second 1 of one is second 1 of all. Exit 1 when no request succeeded.",
            "",
            "Example:",
            "  culprit loadtest merge a/loadtest-results/*/real_*.hlog b/loadtest-results/*/real_*.hlog --html report.html"
        })
final class MergeCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE.hlog", description = "histograms that loadtest has kept in --out")
    private List<Path> files;

    @Option(names = "--html", paramLabel = "FILE", description = "write the report as one HTML page")
    private @Nullable Path html;

    @Option(names = "--json", description = "print the figures as JSON instead of the report")
    private boolean json;

    @Override
    public Integer call() {
        try {
            Cell sum = new Cell(Settings.ANY, false);
            Set<Path> added = new HashSet<>();
            for (Path each : files) {
                Cell cell = CellStore.read(each);
                if (!added.add(each.toRealPath())) {
                    throw new IOException(each + ": named twice, which would count it twice");
                }
                sum.add(cell);
            }
            Report report = report(sum);
            System.out.print(json ? ReportJson.of(report) : report.markdown());
            if (html != null) {
                Files.writeString(html, ReportHtml.of(report));
            }
            return sum.succeeded() > 0 ? 0 : 1;
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
            return 2;
        }
    }

    private Report report(Cell sum) {
        double seconds = Math.max(0.001, sum.seconds);
        double rate = sum.requests / seconds;
        Arrivals arrivals = new Arrivals(
                Arrivals.Shape.CONSTANT,
                rate,
                rate,
                Duration.ofNanos((long) (seconds * 1e9)),
                Duration.ZERO,
                Duration.ZERO);
        sum.settle(arrivals);
        Plan plan = new Plan(
                "What did %d generators see together?".formatted(files.size()),
                Optional.empty(),
                List.of(),
                arrivals,
                Duration.ZERO,
                0,
                LatencyReader.none(),
                Settings.ANY,
                List.of(Settings.ANY),
                Plan.Mode.REAL,
                0,
                Optional.empty(),
                0,
                List.of(
                        "arrivals and patience are those of the plans that were run, which the files do not hold: the rate is what came"));
        return new Report(
                plan,
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                "merged from " + files.size() + " files",
                sum.requests,
                0,
                List.of(sum),
                Advice.best(plan, List.of(sum)),
                List.of(),
                Optional.empty(),
                Thresholds.missed(plan, sum));
    }
}
