package io.culprit.bench.rehearse;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culprit rehearse}: plays failures before they happen, and says whether they come out as expected. */
@Command(
        name = "rehearse",
        description = {
            "Play scenarios with a simulated PHP-FPM and a gateway in front, second by second, and compare with what each"
                    + " expects. Exit 1 when something differs."
        },
        footer = {
            "",
            "With --gateway the simulated FPM listens where the scenario's \"listen\" says, and the gateway at URL must have"
                    + " it as its upstream. A scenario without \"listen\" gets a socket in a temporary folder.",
            "",
            "Example:",
            "  culprit rehearse conf/scenarios/workers-exhausted.yaml --report report.html"
        })
public final class RehearseCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..*", description = "scenario files; conf/scenarios has a set of them")
    private List<Path> files = List.of();

    @Option(names = "--list", description = "say in one line what each scenario is about, and play none")
    private boolean list;

    @Option(names = "--gateway", paramLabel = "URL", description = "drive this gateway instead of starting one")
    private @Nullable URI gateway;

    @Option(names = "--report", paramLabel = "FILE", description = "write a report as one HTML page")
    private @Nullable Path report;

    @Option(names = "--json", description = "print the outcome as JSON, and nothing else")
    private boolean json;

    @Option(names = "--scenarios", paramLabel = "DIR", defaultValue = "conf/scenarios", hidden = true)
    private Path scenarios;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws InterruptedException {
        if (files.isEmpty() && !list) {
            System.err.println("culprit: name at least one scenario file; --list shows those of " + scenarios);
            return 2;
        }
        Path directory = null;
        try {
            directory = Files.createTempDirectory("c");
            List<Path> chosen = files.isEmpty() ? shipped() : files;
            List<Rehearsal> plays = new ArrayList<>();
            SocketPlaces places = new SocketPlaces(directory);
            for (Path each : chosen) {
                plays.addAll(RehearsalReader.read(each, places));
            }
            return list ? list(plays) : play(plays, directory);
        } catch (IOException e) {
            System.err.println(
                    e instanceof FileSystemException f ? f.getFile() + ": cannot be written" : e.getMessage());
            return 2;
        } finally {
            if (directory != null) {
                PlayEnvironment.delete(directory);
            }
        }
    }

    private List<Path> shipped() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(scenarios, "*.yaml")) {
            all.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    private int list(List<Rehearsal> plays) {
        int width = plays.stream().mapToInt(p -> p.name().length()).max().orElse(0);
        for (Rehearsal each : plays) {
            out.printf("%-" + width + "s  %s%n", each.name(), each.describe());
        }
        return 0;
    }

    private int play(List<Rehearsal> plays, Path directory) throws IOException, InterruptedException {
        for (Rehearsal each : plays) {
            PlayEnvironment.check(each, directory);
        }
        if (report != null) {
            Files.writeString(report, ""); // better refused now than after minutes of playing
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Rehearsal each : plays) {
            say("%n%s: %s".formatted(each.name(), each.describe()));
            Path folder = Files.createDirectory(directory.resolve("p" + outcomes.size()));
            Outcome outcome = new Play(each, this::say).play(folder, Optional.ofNullable(gateway));
            outcomes.add(outcome);
            say(summary(outcome));
        }
        if (outcomes.size() > 1) {
            say(Comparison.table(outcomes));
        }
        if (json) {
            out.println(OutcomeJson.of(outcomes));
        }
        if (report != null) {
            Files.writeString(report, HtmlReport.of(outcomes));
            say("report: " + report);
        }
        return outcomes.stream().allMatch(o -> o.differences().isEmpty()) ? 0 : 1;
    }

    private void say(String text) {
        if (!json) {
            out.println(text);
        }
    }

    private static String summary(Outcome outcome) {
        if (!outcome.skipped().isEmpty()) {
            return "  skipped: " + outcome.skipped();
        }
        var text = new StringBuilder();
        outcome.answers().forEach((label, n) -> text.append("  %5d x %s%n".formatted(n, label)));
        outcome.findings().forEach((finding, n) -> text.append("  finding (%d x): %s%n".formatted(n, finding)));
        if (outcome.differences().isEmpty()) {
            return text.append("  as expected").toString();
        }
        text.append("  NOT as expected:");
        outcome.differences()
                .forEach(each ->
                        text.append(System.lineSeparator()).append("    ").append(each));
        return text.toString();
    }
}
