package io.culprit.bench.logs;

import io.culprit.bench.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench lake}: what triage as a job of Spark costs beside triage as a command, on one machine. */
@Command(
        name = "lake",
        mixinStandardHelpOptions = true,
        description = {
            "Measure culprit triage as a job of Spark beside the command, on the same generated logs of nginx, in interleaved rounds.",
            "Exit 1 when the goal is missed: 1.3 times the command's time per byte."
        },
        footer = {"", "Example:", "  culprit bench lake"})
public final class LakeBenchCommand implements Callable<Integer> {
    private static final double GOAL = 1.3;

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            required = true,
            description = "culprit-spark-VERSION-all.jar, as mvn -Plake package makes it")
    private Path jar;

    @Option(
            names = "--submit",
            defaultValue = "spark-submit",
            description = "Spark's launcher (default: ${DEFAULT-VALUE})")
    private String submit;

    @Option(
            names = "--sizes",
            split = ",",
            defaultValue = "256,1024,4096,20480",
            paramLabel = "MIB",
            description = "of all logs together, MiB (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes;

    @Option(names = "--rounds", defaultValue = "5", description = "interleaved rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String launcher = System.getProperty("culprit.launcher");
        if (launcher == null) {
            System.err.println("culprit bench lake is started by the launcher: ./culprit bench lake");
            return 2;
        }
        if (!Files.isReadable(jar)) {
            System.err.println(
                    "culprit: --jar " + jar + ": there is no such file; mvn -Plake -DskipTests package makes it");
            return 2;
        }
        double last = 0;
        for (int size : sizes) {
            last = measure(launcher, size);
        }
        System.out.printf("the goal is %.1f for the largest%n", GOAL);
        return last <= GOAL ? 0 : 1;
    }

    private double measure(String launcher, int size) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("bench-lake");
        try {
            Path logs = Files.createDirectory(folder.resolve("web-1"));
            System.err.printf("Writing two logs of %d MiB each to %s%n", size / 2, logs);
            GeneratedLog.errors(logs.resolve("error.log"), (long) size << 19);
            GeneratedLog.accesses(logs.resolve("access.log"), (long) size << 19);
            List<Double> alone = new ArrayList<>();
            List<Double> lake = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                double one = run(folder, 1, List.of(launcher, "triage", logs.toString()));
                Path out = folder.resolve("out-" + round);
                double other = run(
                        folder,
                        0,
                        List.of(
                                submit,
                                "--master",
                                "local[*]",
                                "--driver-memory",
                                "1g",
                                "--class",
                                "io.culprit.triage.spark.TriageJob",
                                jar.toString(),
                                logs.toString(),
                                "--out",
                                out.toString()));
                if (round > 0) { // the first one only fills the page cache
                    alone.add(one);
                    lake.add(other);
                }
            }
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                ratios.add(lake.get(i) / alone.get(i));
            }
            System.out.printf(
                    "%6d MiB: command %.2f s, Spark %.2f s, %.2f times (%.2f to %.2f in %d rounds)%n",
                    size, median(alone), median(lake), median(ratios), least(ratios), most(ratios), rounds);
            return median(ratios);
        } finally {
            Folders.delete(folder);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double least(List<Double> values) {
        return values.stream().min(Comparator.naturalOrder()).orElse(0.0);
    }

    private static double most(List<Double> values) {
        return values.stream().max(Comparator.naturalOrder()).orElse(0.0);
    }

    /** Seconds. What triage finds it says with 1; the job ends with 0. */
    private static double run(Path folder, int expected, List<String> command)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (exit != expected) {
            throw new IOException(command.get(0) + " ended with " + exit + ": " + Files.readString(output));
        }
        return seconds;
    }
}
