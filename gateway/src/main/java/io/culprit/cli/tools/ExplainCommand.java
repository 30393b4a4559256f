package io.culprit.cli.tools;

import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.failure.Phase;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.explain.Meaning;
import io.culprit.triage.explain.Stack;
import io.culprit.triage.explain.StatusCode;
import io.culprit.triage.explain.Timer;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culprit explain}: what a status, a cause or a pasted line means. */
@Command(
        name = "explain",
        description =
                "Say what a status code, a cause or a pasted log line means, what it does not mean, and how to find out more.",
        footer = {
            "",
            "Examples:",
            "  culprit explain 502",
            "  culprit explain connect.refused --stack docker",
            "  culprit explain 'recv() failed (104: Connection reset by peer) while reading response header from upstream' --stack php"
        })
public final class ExplainCommand implements Callable<Integer> {
    private static final int REASONS = 8;
    private static final DialectTable TABLE = DialectTable.bundled();

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "WHAT",
            arity = "1..*",
            description = "a status code (502, 524, H12), a cause (connect.refused) or a log line")
    private List<String> words;

    @Option(
            names = "--stack",
            paramLabel = "STACK",
            split = ",",
            description = "what it is built on: ${COMPLETION-CANDIDATES}")
    private List<Stack> stacks = List.of();

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() {
        String what = String.join(" ", words).strip();
        Optional<Diagnosis> diagnosis = Diagnosis.byId(what.toLowerCase(Locale.ROOT));
        if (diagnosis.isPresent()) {
            explain(diagnosis.get());
            return 0;
        }
        if (what.matches("\\d{1,3}|[Hh]\\d{2}")) {
            return status(what);
        }
        Optional<Finding> found = new LogClassifier().classify(what);
        if (found.isEmpty()) {
            throw new ParameterException(spec.commandLine(), unknown(what));
        }
        line(found.get());
        return 0;
    }

    private String unknown(String what) {
        boolean id = what.matches("[a-z-]+\\.[a-z0-9-]+");
        if (!id) {
            return "nothing is known about this line; a status code (502), a cause (connect.refused) or a log line is wanted";
        }
        String family = what.substring(0, what.indexOf('.'));
        String others = Stream.<Diagnosis>concat(Arrays.stream(Cause.values()), Arrays.stream(Condition.values()))
                .map(Diagnosis::id)
                .filter(other -> other.startsWith(family + "."))
                .collect(Collectors.joining(", "));
        return "there is no cause " + what + (others.isEmpty() ? "" : "; of this family there are " + others);
    }

    private void line(Finding found) {
        out.println("A line of " + found.program().id()
                + (found.kind() == Finding.Kind.NOISE ? ", which tells of no failure." : "."));
        if (found.diagnoses().isEmpty()) {
            out.println(
                    found.status() > 0
                            ? "Status " + found.status() + ": the request ended well."
                            : "Nothing failed by it.");
            return;
        }
        if (found.diagnoses().size() > 1) {
            out.println("It cannot tell which of these it was: " + ids(found.diagnoses()) + ".");
            out.println("An error log of the same second would.");
        }
        for (Diagnosis each : found.diagnoses()) {
            out.println();
            explain(each);
        }
    }

    private static String ids(List<Diagnosis> diagnoses) {
        return diagnoses.stream().map(Diagnosis::id).collect(Collectors.joining(", "));
    }

    private void explain(Diagnosis diagnosis) {
        out.println(diagnosis.id() + ": " + diagnosis.summary() + ".");
        out.println("Blame: " + diagnosis.blame().id()
                + (diagnosis instanceof Cause cause
                        ? "   Phase: " + cause.phase().id()
                        : ""));
        String open = Meaning.of(diagnosis).notProven();
        if (!open.isEmpty()) {
            out.println("Does not say: " + open + ".");
        }
        if (diagnosis instanceof Cause cause) {
            out.println("Elsewhere: " + elsewhere(cause));
        }
        List<Stack.Reason> reasons = Stack.reasons(diagnosis, stacks);
        if (!reasons.isEmpty()) {
            out.println("Likely, and how to tell:");
            for (Stack.Reason each : reasons.subList(0, Math.min(REASONS, reasons.size()))) {
                out.println("  - " + each.text());
                out.println("      " + each.command());
            }
        }
        out.println("Fix: " + diagnosis.remedy() + ".");
    }

    /** What others would have answered. */
    private static String elsewhere(Cause cause) {
        return Arrays.stream(Dialect.values())
                .map(d -> d.id() + " " + answered(d, cause))
                .collect(Collectors.joining(", "));
    }

    private static String answered(Dialect dialect, Cause cause) {
        return TABLE.answer(cause, dialect).status() == 0
                ? "-"
                : Integer.toString(TABLE.answer(cause, dialect).status());
    }

    private int status(String code) {
        Optional<StatusCode> known = StatusCode.of(code);
        if (known.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "nothing is known about " + code + "; there are " + String.join(", ", StatusCode.codes()));
        }
        StatusCode status = known.get();
        out.println(status.code() + " (" + status.usedBy() + "): " + status.meaning());
        if (!status.notMeaning().isEmpty() && !status.notMeaning().equals("-")) {
            out.println("Does not mean: " + status.notMeaning());
        }
        out.println("First look at: " + status.lookAt());
        if (code.equals("502") || code.equals("504")) {
            out.println();
            out.println(
                    "502 or 504: 502 is an answer that never came or was broken (refused, closed, reset, garbage); 504 is one that"
                            + " did not come in time.");
            out.println(
                    "So 502 asks \"what died or is not there?\", 504 \"what is slow, and whose timer ran out?\". Apache and IIS answer 502"
                            + " for their own timeouts, HAProxy and Varnish 503 for a refused connection.");
            timers(code);
        }
        if (!stacks.isEmpty()) {
            typical(code);
        }
        causes(code);
        if (code.matches("5\\d\\d")) {
            search();
        }
        out.println();
        out.println("Source: " + status.source());
        return 0;
    }

    /** On what they have: which of the causes it most often is there, how to tell, and what to do. */
    private void typical(String code) {
        List<Stack.Typical> typical = Stack.typical(answeredWith(code), stacks);
        if (typical.isEmpty()) {
            return;
        }
        out.println();
        out.println("Likely with " + stacks.stream().map(Stack::id).collect(Collectors.joining(", "))
                + ", and how to tell:");
        Set<Cause> told = new LinkedHashSet<>();
        for (Stack.Typical each : typical) {
            if (told.add(each.cause())) {
                out.println("  " + each.cause().id() + " - fix: " + each.cause().remedy());
            }
            out.println("    - " + each.reason().text());
            out.println("        " + each.reason().command());
        }
    }

    private void timers(String code) {
        List<String> known = new ArrayList<>();
        for (Timer each : Timer.all()) {
            if (each.onExpiry().contains(code) && each.seconds() > 0 && known.size() < 12) {
                known.add("  %-24s %-38s %s".formatted(each.program(), each.setting(), each.value()));
            }
        }
        if (!known.isEmpty()) {
            out.println("Timers that end in " + code + " unless somebody set them:");
            known.forEach(out::println);
        }
    }

    /** The causes that nginx answers with a status. */
    private static List<Cause> answeredWith(String code) {
        return Arrays.stream(Cause.values())
                .filter(c -> answered(Dialect.NGINX, c).equals(code))
                .toList();
    }

    private void causes(String code) {
        List<Cause> causes = answeredWith(code);
        if (causes.isEmpty()) {
            return;
        }
        out.println();
        out.println("nginx answers " + code + " for these causes (culprit explain CAUSE tells more):");
        causes.stream().filter(c -> !begun(c)).forEach(c -> out.printf("  %-28s %s%n", c.id(), c.summary()));
        String torn =
                causes.stream().filter(ExplainCommand::begun).map(Cause::id).collect(Collectors.joining(", "));
        if (!torn.isEmpty()) {
            out.println("Mostly after the head has gone, when clients see a torn 200 instead: " + torn);
        }
    }

    /** Whether a response has begun, most often, when that happens. */
    private static boolean begun(Cause cause) {
        return cause.phase() == Phase.BODY || cause.phase() == Phase.TUNNEL;
    }

    private void search() {
        out.println();
        out.println(
                "Search rankings: crawlers slow down at once when a site answers 5xx, and pages keep their place for a few days; what"
                        + " answers 5xx for longer is dropped, and comes back only when it is crawled again. For maintenance, 503 with"
                        + " Retry-After for a day or two does no harm; 200 with an error page does, and so does a 404.");
    }
}
