package io.culprit.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.Problem;
import io.culprit.config.Problem.Weight;
import io.culprit.config.TimeoutBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culprit check}: all problems of a configuration at once, and timers that contradict each other as notes. */
@Command(
        name = "check",
        description = "Check a configuration file and print all its problems.",
        footer = {
            "",
            "What cannot work on this machine only, such as a folder that is not there, is a warning; with --here it is an"
                    + " error.",
            "Exit 0: it can be used. 1: it cannot, or a part of it is never used.",
            "",
            "Example:",
            "  culprit check -c conf/culprit.yaml --here"
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "print the problems as JSON")
    private boolean json;

    @Option(names = "--here", description = "the configuration is meant for this machine")
    private boolean here;

    @Option(
            names = "--live",
            description = "also ask the gateway that runs with this file how its upstreams treat kept connections")
    private boolean live;

    @Override
    public Integer call() throws IOException {
        List<Problem> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Optional<GatewayConfig> loaded = Optional.empty();
        try {
            loaded = Optional.of(config.load());
            problems.addAll(loaded.get().warnings());
            for (TimeoutBudget budget : TimeoutBudget.of(loaded.get())) {
                budget.contradictions().forEach(c -> notes.add("route " + budget.route() + ": " + c));
            }
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
        if (live && loaded.isPresent()) {
            notes.addAll(LiveFindings.of(loaded.get()));
        }
        if (json) {
            printJson(problems, notes);
        } else {
            problems.forEach(System.out::println);
            if (problems.isEmpty()) {
                System.out.println(config.path() + ": no problems");
            }
            notes.forEach(note -> System.out.println("note: " + note));
        }
        return problems.stream().anyMatch(this::counts) ? 1 : 0;
    }

    private boolean counts(Problem problem) {
        return here || problem.weight() != Weight.HERE;
    }

    private static void printJson(List<Problem> problems, List<String> notes) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(System.out)) {
            out.writeStartArray();
            for (Problem problem : problems) {
                out.writeStartObject();
                out.writeStringField("file", problem.file());
                out.writeNumberField("line", problem.line());
                out.writeNumberField("column", problem.column());
                out.writeStringField("weight", problem.weight().id());
                out.writeStringField("message", problem.message());
                out.writeEndObject();
            }
            for (String note : notes) {
                out.writeStartObject();
                out.writeStringField("weight", "note");
                out.writeStringField("message", note);
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeRaw('\n');
        }
    }
}
