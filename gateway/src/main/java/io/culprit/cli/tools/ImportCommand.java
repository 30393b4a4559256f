package io.culprit.cli.tools;

import io.culprit.config.ConfigException;
import io.culprit.config.Problem;
import io.culprit.config.Problem.Weight;
import io.culprit.config.read.ConfigLoader;
import io.culprit.triage.translate.NginxTranslation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culprit import nginx.conf}: a configuration of this gateway that does what nginx's does. */
@Command(
        name = "import",
        description = "Write a culprit.yaml that does what an nginx.conf does, and list what could not be taken over.",
        footer = {
            "",
            "Exit 0: all was taken over. 1: something was left out; it is listed with file and line. 2: it cannot be read.",
            "",
            "Example:",
            "  culprit import /etc/nginx/nginx.conf -o culprit.yaml && culprit check -c culprit.yaml"
        })
public final class ImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NGINX.CONF", description = "nginx's main configuration")
    private Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "where to write it; an existing file is not replaced (default: standard output)")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        NginxTranslation.Result result = NginxTranslation.of(file);
        result.problems().forEach(p -> System.err.println("culprit: " + p));
        if (result.yaml().isEmpty()) {
            return 2;
        }
        List<String> wrong = check(result.yaml());
        if (output == null) {
            System.out.print(result.yaml());
        } else {
            try {
                Files.writeString(output, result.yaml(), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                System.err.println("culprit: " + output + " is there already and was left as it is");
                return 2;
            }
        }
        result.left().forEach(l -> System.err.println("left out: " + l.text()));
        wrong.forEach(w -> System.err.println("to be mended: " + w));
        System.err.println(
                result.left().isEmpty() && wrong.isEmpty()
                        ? "All was taken over."
                        : result.left().size() + " left out, " + wrong.size() + " to be mended by hand.");
        return result.left().isEmpty() && wrong.isEmpty() && result.problems().isEmpty() ? 0 : 1;
    }

    /** What the gateway itself says of it. */
    private static List<String> check(String yaml) throws IOException {
        Path copy = Files.createTempFile("culprit-import", ".yaml");
        try {
            Files.writeString(copy, yaml);
            ConfigLoader.load(copy, System.getenv());
            return List.of();
        } catch (ConfigException e) {
            List<String> problems = new ArrayList<>();
            for (Problem each : e.problems()) {
                if (each.weight() != Weight.HERE) {
                    problems.add("line " + each.line() + ": " + each.message());
                }
            }
            return problems;
        } finally {
            Files.delete(copy);
        }
    }
}
