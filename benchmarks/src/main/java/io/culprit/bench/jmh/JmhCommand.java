package io.culprit.bench.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culprit bench jmh}: the parts by themselves, with bytes allocated for each operation. */
@Command(
        name = "jmh",
        description =
                "Measure the hot path's parts with JMH: admission under exhaustion, parsers, routes, naming, logging.",
        footer = {"", "Example:", "  culprit bench jmh admission"})
public final class JmhCommand implements Callable<Integer> {
    /** Less than this is JMH's own. */
    private static final double NOTHING = 1;

    /** Parts whose every operation must allocate nothing. */
    private static final Pattern FREE = Pattern.compile(
            "ParserBenchmark\\.(?:requestHead|responseHead|httpResponse|chunkedResponse)|RouteBenchmark\\.match|AdmissionBenchmark\\.enterAndRelease.*");

    @Parameters(arity = "0..1", paramLabel = "REGEX", description = "only benchmarks whose name matches")
    private String pattern = "";

    @Option(
            names = "--smoke",
            description = "one short iteration of each, without a fork: whether they run, not how fast")
    private boolean smoke;

    @Option(names = "--json", paramLabel = "FILE", description = "write JMH's JSON")
    private @Nullable Path json;

    @Option(names = "--page", paramLabel = "FILE", description = "write a page in Markdown")
    private @Nullable Path page;

    @Override
    public Integer call() throws IOException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("io\\.culprit\\.bench\\.jmh\\..*" + pattern)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .jvmArgsAppend("-XX:+UseSerialGC");
        if (smoke) {
            options.forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(50))
                    .verbosity(VerboseMode.SILENT);
        } else {
            options.forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(3)
                    .measurementTime(TimeValue.seconds(1));
        }
        if (json != null) {
            options.resultFormat(ResultFormatType.JSON).result(json.toString());
        }
        try {
            Collection<RunResult> results = new Runner(options.build()).run();
            String table = table(results);
            System.out.println(table);
            if (page != null) {
                Files.writeString(page, table);
            }
            List<String> dear = allocating(results);
            dear.forEach(each -> System.err.println("missed: " + each));
            return dear.isEmpty() ? 0 : 1;
        } catch (RunnerException e) {
            System.err.println("culprit: "
                    + (e.getMessage() == null ? "no benchmark matches \"" + pattern + "\"" : e.getMessage()));
            return 2;
        }
    }

    private static String name(RunResult result) {
        String name = result.getParams().getBenchmark();
        return name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
    }

    private static double allocated(RunResult result) {
        Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return bytes == null ? Double.NaN : bytes.getScore();
    }

    /** In a process of its own only: elsewhere other threads' garbage is counted too. */
    private List<String> allocating(Collection<RunResult> results) {
        return results.stream()
                .filter(each -> !smoke && FREE.matcher(name(each)).matches() && allocated(each) >= NOTHING)
                .map(each -> name(each) + " must allocate nothing, and allocates %.0f B".formatted(allocated(each)))
                .toList();
    }

    static String table(Collection<RunResult> results) {
        var out = new StringBuilder(
                "| benchmark | parameters | time | +- | bytes per operation |\n|---|---|---|---|---|\n");
        for (RunResult each : results) {
            var parameters = new StringBuilder();
            each.getParams()
                    .getParamsKeys()
                    .forEach(key -> parameters
                            .append(parameters.isEmpty() ? "" : ", ")
                            .append(key)
                            .append(' ')
                            .append(each.getParams().getParam(key)));
            Result<?> time = each.getPrimaryResult();
            double allocated = allocated(each);
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.1f %s | %s | %s |%n",
                    name(each),
                    parameters,
                    time.getScore(),
                    time.getScoreUnit(),
                    Double.isNaN(time.getScoreError()) ? "" : String.format(Locale.ROOT, "%,.1f", time.getScoreError()),
                    allocated < NOTHING ? "0" : String.format(Locale.ROOT, "%,.0f", allocated)));
        }
        return out.toString();
    }
}
