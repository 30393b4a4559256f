package io.culprit.cli.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.triage.probe.Answer;
import io.culprit.triage.probe.HttpProbe;
import io.culprit.triage.probe.ProbeResult;
import io.culprit.triage.probe.Target;
import io.culprit.triage.report.TextReport;
import io.culprit.triage.whose.Authorship;
import io.culprit.triage.whose.Comparison;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culprit whose}: which hop wrote an answer. */
@Command(
        name = "whose",
        description = "Say which hop wrote an answer: the edge, a proxy in between or the application.",
        footer = {
            "",
            "Asks with GET, once by the name and, with --origin, once more at that address with the same Host and SNI.",
            "Exit 0: answered below 500. 1: an error, or no answer. 2: wrong usage.",
            "",
            "Examples:",
            "  culprit whose https://shop.test/cart",
            "  culprit whose https://shop.test/ --origin 192.0.2.10",
            "  curl -si https://shop.test/ > answer; culprit whose --saved answer"
        })
public final class WhoseCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "URL", arity = "0..1", description = "what to ask for")
    private @Nullable String url;

    @Option(names = "--origin", paramLabel = "ADDRESS", description = "the origin's address, host or host:port")
    private @Nullable String origin;

    @Option(
            names = "--saved",
            paramLabel = "FILE",
            description = "judge an answer that was saved by curl -si, or - for standard input")
    private @Nullable String saved;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "for each phase (default: ${DEFAULT-VALUE})")
    private int timeout = 15;

    @Option(names = "--json", description = "print the verdict as JSON")
    private boolean json;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws IOException {
        if (timeout < 1 || timeout > 600) {
            throw new ParameterException(spec.commandLine(), "--timeout " + timeout + ": 1 to 600 seconds");
        }
        if ((url == null) == (saved == null)) {
            throw new ParameterException(spec.commandLine(), "either a URL or --saved FILE is wanted");
        }
        try {
            return saved != null ? judge(Answer.parse(bytes(saved))) : ask(Target.of(Objects.requireNonNull(url)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), (saved != null ? saved + ": " : "") + e.getMessage());
        }
    }

    private byte[] bytes(String from) throws IOException {
        if (from.equals("-")) {
            return System.in.readNBytes(2 * Answer.MOST);
        }
        try {
            Path file = Path.of(from);
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new ParameterException(spec.commandLine(), from + ": not a file; - is standard input");
            }
            if (Files.size(file) > 4L * Answer.MOST) {
                throw new ParameterException(spec.commandLine(), from + ": larger than 4 MiB");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ParameterException(spec.commandLine(), from + ": there is no such file");
        }
    }

    private int judge(Answer answer) throws IOException {
        Authorship authorship = Authorship.of(answer);
        if (json) {
            try (JsonGenerator g = generator()) {
                g.writeStartObject();
                g.writeNumberField("status", answer.status());
                authorship(g, authorship);
                g.writeEndObject();
            }
        } else {
            print(answer, authorship);
        }
        return answer.status() >= 500 ? 1 : 0;
    }

    private int ask(Target target) throws IOException {
        ProbeResult edge = new HttpProbe(timeout * 1000).ask(target, "");
        Optional<ProbeResult> direct =
                Optional.ofNullable(origin).map(o -> new HttpProbe(timeout * 1000).ask(target, o));
        Optional<Comparison> comparison = direct.map(d -> Comparison.of(edge, d));
        boolean bad =
                !edge.answered() || edge.answer().map(a -> a.status() >= 500).orElse(true);
        if (json) {
            print(edge, direct, comparison);
            return bad ? 1 : 0;
        }
        comparison.ifPresent(c -> out.println("Whose: " + c.side() + ". " + c.sentence() + "."));
        out.println("By the name " + target.host() + ":");
        print(edge);
        direct.ifPresent(d -> {
            out.println("At the origin " + origin + ":");
            print(d);
        });
        comparison.ifPresent(c -> c.differences().forEach(d -> out.println("Difference: " + d)));
        return bad ? 1 : 0;
    }

    private void print(ProbeResult asked) {
        out.printf(
                "  %s  name %s, connect %s, TLS %s, first byte %s, all %s%n",
                asked.address().isEmpty() ? "(not connected)" : asked.address(),
                millis(asked.nameMillis()),
                millis(asked.connectMillis()),
                millis(asked.tlsMillis()),
                millis(asked.firstMillis()),
                millis(asked.totalMillis()));
        asked.certificate()
                .ifPresent(c -> out.printf(
                        "  %s, certificate for %s, %d days left%s%n",
                        c.protocol(),
                        String.join(", ", c.names()),
                        c.days(),
                        c.trouble().isEmpty() ? "" : "; " + c.trouble()));
        asked.failure()
                .ifPresent(f -> out.println((asked.answer().isEmpty() ? "  No answer: " : "  Not to its end: ") + f.id()
                        + ". " + f.summary() + " (" + asked.detail() + ")"));
        asked.answer().ifPresent(a -> print(a, Authorship.of(a)));
    }

    private static String millis(long value) {
        return value < 0 ? "-" : value + " ms";
    }

    private void print(Answer answer, Authorship who) {
        String by = who.writer().isEmpty()
                ? "the answer does not say who wrote it"
                : who.certain()
                        ? "written by " + who.writer()
                        : "perhaps written by " + who.writer() + " (a sign, no proof)";
        out.println("  " + answer.status() + " " + TextReport.safe(answer.reason()) + ": " + by
                + (who.passed().isEmpty() ? "" : ", passed through " + String.join(", ", who.passed())));
        for (Authorship.Clue each : who.clues()) {
            out.println(
                    "    " + each.where() + ": " + TextReport.safe(each.text().replace('\n', ' ')));
            out.println("      " + each.says());
        }
    }

    private JsonGenerator generator() throws IOException {
        return new JsonFactory()
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .createGenerator(out)
                .useDefaultPrettyPrinter();
    }

    private void print(ProbeResult edge, Optional<ProbeResult> direct, Optional<Comparison> comparison)
            throws IOException {
        try (JsonGenerator g = generator()) {
            g.writeStartObject();
            if (comparison.isPresent()) {
                g.writeStringField("whose", comparison.get().side());
                g.writeStringField("because", comparison.get().sentence());
                g.writeArrayFieldStart("differences");
                for (String each : comparison.get().differences()) {
                    g.writeString(each);
                }
                g.writeEndArray();
            }
            asked(g, "edge", edge);
            if (direct.isPresent()) {
                asked(g, "origin", direct.get());
            }
            g.writeEndObject();
        }
        out.println();
    }

    private static void asked(JsonGenerator g, String name, ProbeResult asked) throws IOException {
        g.writeObjectFieldStart(name);
        g.writeStringField("address", asked.address());
        g.writeNumberField("name_ms", asked.nameMillis());
        g.writeNumberField("connect_ms", asked.connectMillis());
        g.writeNumberField("tls_ms", asked.tlsMillis());
        g.writeNumberField("first_byte_ms", asked.firstMillis());
        if (asked.failure().isPresent()) {
            g.writeStringField("cause", asked.failure().get().id());
            g.writeStringField("detail", asked.detail());
        }
        if (asked.certificate().isPresent()) {
            g.writeNumberField("certificate_days", asked.certificate().get().days());
            g.writeStringField("certificate_trouble", asked.certificate().get().trouble());
        }
        if (asked.answer().isPresent()) {
            g.writeNumberField("status", asked.answer().get().status());
            authorship(g, Authorship.of(asked.answer().get()));
        }
        g.writeEndObject();
    }

    private static void authorship(JsonGenerator g, Authorship who) throws IOException {
        g.writeStringField("writer", who.writer());
        g.writeBooleanField("proven", who.certain());
        g.writeArrayFieldStart("passed");
        for (String each : who.passed()) {
            g.writeString(each);
        }
        g.writeEndArray();
        g.writeArrayFieldStart("clues");
        for (Authorship.Clue each : who.clues()) {
            g.writeStartObject();
            g.writeStringField("where", each.where());
            g.writeStringField("text", each.text());
            g.writeStringField("says", each.says());
            g.writeEndObject();
        }
        g.writeEndArray();
    }
}
