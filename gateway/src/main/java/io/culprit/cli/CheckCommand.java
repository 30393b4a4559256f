package io.culprit.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.config.ConfigException;
import io.culprit.config.Problem;
import io.culprit.config.TimeoutBudget;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culprit check}: all problems of a configuration at once, and timers that contradict each other as notes. */
@Command(name = "check", description = "Check a configuration file and print all its problems.")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "print the problems as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<Problem> problems = List.of();
        List<TimeoutBudget> budgets = List.of();
        try {
            budgets = TimeoutBudget.of(config.load());
        } catch (ConfigException e) {
            problems = e.problems();
        }
        if (json) {
            printJson(problems);
        } else if (problems.isEmpty()) {
            System.out.println(config.path + ": no problems");
            for (TimeoutBudget budget : budgets) {
                budget.contradictions().forEach(c -> System.out.println("note: route " + budget.route() + ": " + c));
            }
        } else {
            problems.forEach(System.out::println);
        }
        return problems.isEmpty() ? 0 : 1;
    }

    private static void printJson(List<Problem> problems) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(System.out)) {
            out.writeStartArray();
            for (Problem problem : problems) {
                out.writeStartObject();
                out.writeStringField("file", problem.file());
                out.writeNumberField("line", problem.line());
                out.writeNumberField("column", problem.column());
                out.writeStringField("message", problem.message());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeRaw('\n');
        }
    }
}
