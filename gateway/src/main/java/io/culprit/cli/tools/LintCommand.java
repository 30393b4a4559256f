package io.culprit.cli.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.cli.Main;
import io.culprit.triage.conf.Amount;
import io.culprit.triage.lint.App;
import io.culprit.triage.lint.Diff;
import io.culprit.triage.lint.Edge;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Lint;
import io.culprit.triage.lint.Sarif;
import io.culprit.triage.lint.Setup;
import io.culprit.triage.lint.TimerChain;
import io.culprit.triage.report.TextReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culprit lint}: what will go wrong in configurations taken together. */
@Command(
        name = "lint",
        description = "Look for what will go wrong in the configurations of one site, taken together as one chain.",
        footer = {
            "",
            "Knows nginx.conf with its includes, PHP-FPM pools, php.ini, wp-config.php, haproxy.cfg, Apache, gunicorn.conf.py and"
                    + " culprit.yaml; a folder is looked through for them.",
            "Exit 0: no errors and warnings. 1: there are. 2: wrong usage, or a file that cannot be read.",
            "",
            "Examples:",
            "  culprit lint /etc/nginx/nginx.conf /etc/php/8.2/fpm/pool.d/www.conf /etc/php/8.2/fpm/php.ini --edge cloudflare",
            "  culprit lint /etc/nginx/nginx.conf --edge alb --app node",
            "  culprit lint /etc --fix > changes.patch"
        })
public final class LintCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "configurations, or folders with them")
    private List<Path> files;

    @Option(
            names = "--edge",
            paramLabel = "EDGE",
            description = "what stands in front: ${COMPLETION-CANDIDATES} (default: none)")
    private Edge edge = Edge.NONE;

    @Option(
            names = "--app",
            paramLabel = "APP",
            description =
                    "what serves behind it: ${COMPLETION-CANDIDATES} (default: none), for its keep-alive's default")
    private App app = App.NONE;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "memory of the machine, e.g. 4G (default: this machine's)")
    private @Nullable String memory;

    @Option(names = "--notes", description = "show advice too")
    private boolean notes;

    @Option(names = "--fix", description = "print the changes as a unified diff; nothing is changed")
    private boolean fix;

    @Option(names = "--json", description = "print as JSON")
    private boolean json;

    @Option(names = "--sarif", description = "print as SARIF 2.1.0, for code hosts")
    private boolean sarif;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws IOException {
        Setup setup = new Setup(edge, app, memory());
        files.forEach(setup::add);
        List<Flaw> flaws = Lint.of(setup).stream()
                .filter(f -> notes || f.level() != Level.NOTE)
                .toList();
        if (fix) {
            out.print(Diff.of(flaws));
        } else if (sarif) {
            Sarif.write(flaws, Main.Version.number(), out);
        } else if (json) {
            json(setup, flaws);
        } else {
            text(setup, flaws);
        }
        setup.problems().forEach(p -> System.err.println("culprit: " + TextReport.safe(p)));
        if (!setup.unread().isEmpty()) {
            System.err.println("culprit: no right to look at " + TextReport.safe(String.join(", ", setup.unread())));
        }
        if (!setup.problems().isEmpty()) {
            return 2;
        }
        return flaws.stream().anyMatch(f -> f.level() != Level.NOTE) ? 1 : 0;
    }

    private long memory() throws IOException {
        if (memory != null) {
            return Amount.bytes(memory)
                    .orElseThrow(() ->
                            new ParameterException(spec.commandLine(), "--memory " + memory + ": write 512M or 4G"));
        }
        Path info = Path.of("/proc/meminfo");
        if (!Files.isReadable(info)) {
            return 0;
        }
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    private void text(Setup setup, List<Flaw> flaws) {
        List<TimerChain> chains = TimerChain.of(setup);
        if (!chains.isEmpty()) {
            out.println("Timers, from the edge to the script:");
            chains.forEach(c -> {
                out.println("  " + TextReport.safe(c.name()));
                out.println("    " + c.text());
            });
            out.println();
        }
        for (Flaw each : flaws) {
            out.printf(
                    "%s:%d: %s: %s [%s]%n",
                    each.file(), each.line(), each.level().id(), each.message(), each.id());
            out.println("    proof: " + TextReport.safe(each.proof()));
            out.println("    fix:   " + each.fix());
        }
        long counted = flaws.stream().filter(f -> f.level() != Level.NOTE).count();
        out.printf(
                "%s%d files read, %s%n",
                flaws.isEmpty() ? "" : "\n",
                setup.read().size(),
                setup.read().isEmpty() || !setup.problems().isEmpty()
                        ? counted + (counted == 1 ? " finding" : " findings") + " in what could be read"
                        : counted == 0
                                ? "nothing that will go wrong"
                                : counted + (counted == 1 ? " finding" : " findings"));
    }

    private void json(Setup setup, List<Flaw> flaws) throws IOException {
        JsonFactory factory = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        try (JsonGenerator g = factory.createGenerator(out).useDefaultPrettyPrinter()) {
            g.writeStartObject();
            g.writeArrayFieldStart("timers");
            for (TimerChain chain : TimerChain.of(setup)) {
                g.writeStartObject();
                g.writeStringField("way", chain.name());
                g.writeStringField("chain", chain.text());
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeArrayFieldStart("findings");
            for (Flaw each : flaws) {
                g.writeStartObject();
                g.writeStringField("id", each.id());
                g.writeStringField("level", each.level().id());
                g.writeStringField("file", each.file().toString());
                g.writeNumberField("line", each.line());
                g.writeStringField("message", each.message());
                g.writeStringField("proof", each.proof());
                g.writeStringField("fix", each.fix());
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeArrayFieldStart("read");
            for (String each : setup.read()) {
                g.writeString(each);
            }
            g.writeEndArray();
            g.writeArrayFieldStart("problems");
            for (String each : setup.problems()) {
                g.writeString(each);
            }
            g.writeEndArray();
            g.writeEndObject();
        }
        out.println();
    }
}
