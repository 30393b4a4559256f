package io.culprit.bench.logs;

import io.culprit.bench.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench triage}: seconds to read a generated log, beside grep, GoAccess and lnav. */
@Command(
        name = "triage",
        description = {
            "Measure how long culprit triage takes for generated logs of nginx, beside grep -c, GoAccess and lnav, in interleaved rounds.",
            "Exit 1 when a goal is missed: twice the time of grep -c upstream of the same file."
        },
        footer = {"", "Example:", "  culprit bench triage"})
public final class TriageBenchCommand implements Callable<Integer> {
    private static final double GOAL = 2.0;

    @Option(
            names = "--size",
            paramLabel = "MIB",
            defaultValue = "1024",
            description = "of each log, MiB (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(names = "--rounds", defaultValue = "5", description = "interleaved rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String launcher = System.getProperty("culprit.launcher");
        if (launcher == null) {
            System.err.println("culprit bench triage is started by the launcher: ./culprit bench triage");
            return 2;
        }
        Path folder = Files.createTempDirectory("bench-triage");
        try {
            Path errors = folder.resolve("error.log");
            Path accesses = folder.resolve("access.log");
            System.err.printf("Writing two logs of %d MiB to %s%n", size, folder);
            GeneratedLog.errors(errors, (long) size << 20);
            GeneratedLog.accesses(accesses, (long) size << 20);
            Map<String, List<String>> commands = new LinkedHashMap<>();
            commands.put("grep, error log", List.of("grep", "-c", "upstream", errors.toString()));
            commands.put("triage, error log", List.of(launcher, "triage", errors.toString()));
            commands.put("grep, access log", List.of("grep", "-c", "HTTP/1.1", accesses.toString()));
            commands.put("triage, access log", List.of(launcher, "triage", accesses.toString()));
            commands.put(
                    "goaccess, access log",
                    List.of(
                            "goaccess",
                            accesses.toString(),
                            "--log-format=COMBINED",
                            "-o",
                            folder.resolve("x.json").toString()));
            commands.put(
                    "lnav, error log", List.of("lnav", "-n", "-c", ":filter-in nothing-at-all", errors.toString()));
            return measure(commands, folder);
        } finally {
            Folders.delete(folder);
        }
    }

    private int measure(Map<String, List<String>> commands, Path folder) throws IOException, InterruptedException {
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, List<String>> each : commands.entrySet()) {
                double taken = run(each.getValue(), folder);
                if (taken >= 0 && round > 0) { // the first round only fills the page cache
                    seconds.computeIfAbsent(each.getKey(), k -> new ArrayList<>())
                            .add(taken);
                }
            }
        }
        System.out.printf("%d MiB each, %d rounds, median seconds (least to most)%n", size, rounds);
        for (String each : commands.keySet()) {
            List<Double> all =
                    seconds.getOrDefault(each, List.of()).stream().sorted().toList();
            System.out.println(
                    all.isEmpty()
                            ? "  %-22s not here: apt-get install %s"
                                    .formatted(each, commands.get(each).get(0))
                            : "  %-22s %6.2f (%.2f to %.2f)"
                                    .formatted(each, all.get(all.size() / 2), all.get(0), all.get(all.size() - 1)));
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            ratios.add(Objects.requireNonNull(seconds.get("triage, error log")).get(i)
                    / Objects.requireNonNull(seconds.get("grep, error log")).get(i));
        }
        double ratio = ratios.stream().sorted().toList().get(rounds / 2);
        System.out.printf("triage of the error log takes %.2f times grep's time; the goal is %.1f%n", ratio, GOAL);
        return ratio <= GOAL ? 0 : 1;
    }

    /** Seconds, -1 where the program is not here. */
    private static double run(List<String> command, Path folder) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile())
                    .start();
        } catch (IOException e) {
            return -1;
        }
        process.waitFor();
        return (System.nanoTime() - start) / 1e9;
    }
}
