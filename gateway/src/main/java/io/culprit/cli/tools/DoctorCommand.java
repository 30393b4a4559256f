package io.culprit.cli.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.triage.doctor.Doctor;
import io.culprit.triage.doctor.Step;
import io.culprit.triage.doctor.Step.State;
import io.culprit.triage.report.TextReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culprit doctor}: what is wrong with this machine. */
@Command(
        name = "doctor",
        description = "Look at a page, a PHP-FPM or this whole machine, read-only, and say what is wrong.",
        footer = {
            "",
            "Without a target it looks for web servers, PHP-FPM pools, their sockets and logs on this machine.",
            "Exit 0: nothing wrong. 1: something is. 2: wrong usage.",
            "",
            "Examples:",
            "  culprit doctor",
            "  culprit doctor https://shop.test/",
            "  culprit doctor unix:/run/php/php8.2-fpm.sock",
            "  culprit doctor fastcgi://127.0.0.1:9000"
        })
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "TARGET",
            arity = "0..1",
            description = "a URL, fastcgi://HOST:PORT or unix:/PATH (default: this machine)")
    private String target = "";

    @Option(names = "--json", description = "print as JSON")
    private boolean json;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws InterruptedException, IOException {
        long start = System.nanoTime();
        List<Step> steps;
        try {
            steps = Doctor.look(target);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        Optional<Step> worst = Doctor.verdict(steps);
        if (json) {
            json(steps, worst);
        } else {
            text(steps, worst, (System.nanoTime() - start) / 1_000_000L);
        }
        return worst.filter(s -> s.state() == State.BAD).isPresent() ? 1 : 0;
    }

    private void text(List<Step> steps, Optional<Step> worst, long millis) {
        for (Step each : steps) {
            out.printf(
                    "%-8s %-34s %5d ms  %s%n",
                    each.state().id(), each.name(), each.millis(), TextReport.safe(each.text()));
            each.details().forEach(d -> out.println("           " + TextReport.safe(d)));
        }
        out.println();
        if (worst.isEmpty()) {
            out.println("Nothing is wrong, as far as can be seen (" + millis + " ms).");
        } else {
            Step step = worst.get();
            out.println((step.state() == State.BAD ? "Wrong: " : "Look at: ") + step.name() + ": "
                    + TextReport.safe(step.text()));
            step.diagnosis().ifPresent(d -> {
                out.println("  " + d.id() + " (blame: " + d.blame().id() + "): " + d.summary());
                out.println("  Fix: " + d.remedy());
            });
            out.println("  Next: " + step.next());
        }
        long unseen = steps.stream().filter(s -> s.state() == State.UNSEEN).count();
        if (unseen > 0) {
            out.println(unseen + (unseen == 1 ? " thing" : " things")
                    + " could not be seen; the lines above say what would let it.");
        }
    }

    private void json(List<Step> steps, Optional<Step> worst) throws IOException {
        JsonFactory factory = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        try (JsonGenerator g = factory.createGenerator(out).useDefaultPrettyPrinter()) {
            g.writeStartObject();
            g.writeStringField(
                    "verdict", worst.map(s -> s.name() + ": " + s.text()).orElse("nothing is wrong"));
            g.writeStringField(
                    "cause", worst.flatMap(Step::diagnosis).map(d -> d.id()).orElse(""));
            g.writeStringField("next", worst.map(Step::next).orElse(""));
            g.writeArrayFieldStart("steps");
            for (Step each : steps) {
                g.writeStartObject();
                g.writeStringField("name", each.name());
                g.writeStringField("state", each.state().id());
                g.writeNumberField("ms", each.millis());
                g.writeStringField("text", each.text());
                g.writeStringField("cause", each.diagnosis().map(d -> d.id()).orElse(""));
                g.writeArrayFieldStart("details");
                for (String detail : each.details()) {
                    g.writeString(detail);
                }
                g.writeEndArray();
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeEndObject();
        }
        out.println();
    }
}
