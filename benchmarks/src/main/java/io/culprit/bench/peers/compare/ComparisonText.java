package io.culprit.bench.peers.compare;

import io.culprit.bench.peers.Measurement;
import io.culprit.bench.peers.compare.Comparison.Extra;
import java.util.List;

/** A comparison as a table for terminals, which is Markdown too. Stateless. */
public final class ComparisonText {
    private ComparisonText() {}

    public static String of(Comparison comparison) {
        var out = new StringBuilder();
        comparison.machine().forEach((name, value) -> out.append("%s %s; ".formatted(name, value)));
        out.append(comparison.at())
                .append("\nstate: ")
                .append(comparison.state())
                .append("\n\n");
        out.append(
                "| workload | proxy | CPU us/request | calls/request | requests/s | p50 ms | p99 ms | RSS MiB | failed | Culprit's CPU to its (95 %) | goal |\n");
        out.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        List<Ratio> ratios = comparison.ratios();
        for (Measurement m : comparison.measurements()) {
            String ratio = ratios.stream()
                    .filter(r -> r.workload() == m.workload() && r.against() == m.peer())
                    .map(r -> shown(r) + " | " + goal(r))
                    .findFirst()
                    .orElse(" | ");
            out.append("| %s | %s | %.1f | %s | %,.0f | %.2f | %.2f | %.0f | %.0f %% | %s |%n"
                    .formatted(
                            m.workload().title(),
                            m.peer().title(),
                            m.cpuMicros(),
                            m.counted().map(c -> "%.1f".formatted(c.calls())).orElse(""),
                            m.rate(),
                            m.p50Millis(),
                            m.p99Millis(),
                            m.rssMib(),
                            m.failedShare() * 100,
                            ratio));
        }
        if (!comparison.usage().isEmpty()) {
            out.append("\n| figure | proxy | value | goal |\n|---|---|---|---|\n");
            for (Extra each : comparison.usage()) {
                out.append("| %s | %s | %.1f %s | %s |%n"
                        .formatted(
                                each.what(),
                                each.peer(),
                                each.value(),
                                each.unit(),
                                each.goal()
                                        .map(g -> (each.missed() ? "missed: " : "met: ") + "%.1f".formatted(g))
                                        .orElse("")));
            }
        }
        List<String> missed = comparison.missed();
        out.append('\n');
        missed.forEach(each -> out.append("missed: ").append(each).append('\n'));
        List<String> unmeasured = comparison.unmeasured();
        if (!unmeasured.isEmpty()) {
            out.append("not measured: ").append(String.join("; ", unmeasured)).append('\n');
        }
        if (!comparison.decided()) {
            return out.append("Nothing could be compared: the machine changed its state from one round to the next.\n")
                    .toString();
        }
        return out.append(missed.isEmpty() ? "Every goal that was measured is met.\n" : "")
                .toString();
    }

    private static String shown(Ratio ratio) {
        if (!ratio.known()) {
            return "not comparable: %d of %d rounds in one state".formatted(ratio.rounds(), ratio.of());
        }
        String used = ratio.rounds() < ratio.of() ? ", %d of %d rounds".formatted(ratio.rounds(), ratio.of()) : "";
        return ratio.rounds() < 2
                ? "%.2f".formatted(ratio.ratio())
                : "%.2f (%.2f to %.2f%s)".formatted(ratio.ratio(), ratio.low(), ratio.high(), used);
    }

    private static String goal(Ratio ratio) {
        if (!ratio.known()) {
            return ratio.goal().map("not decided: %.2f"::formatted).orElse("");
        }
        return ratio.goal()
                .map(g -> (ratio.missed() ? "missed: " : "met: ")
                        + "%.2f".formatted(g)
                        + (ratio.close() ? ", barely" : ""))
                .orElse("");
    }
}
