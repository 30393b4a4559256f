package io.culprit.triage.explain;

import io.culprit.failure.Cause;
import io.culprit.failure.Diagnosis;
import io.culprit.failure.Likely;
import java.util.ArrayList;
import java.util.List;

/** What an application is built on: what is behind a failure differs by it. */
public enum Stack {
    PHP,
    NODE,
    DJANGO,
    RAILS,
    JAVA,
    DOCKER,
    KUBERNETES;

    private static final List<String[]> ROWS = Table.rows(Stack.class, "stacks.tsv");

    private final String id = name().toLowerCase(java.util.Locale.ROOT);

    /** A likely reason and the command that tells whether it is. */
    public record Reason(String text, String command) {}

    /** Lower-case name. */
    public String id() {
        return id;
    }

    /** The likely reasons on a stack, those of the stack first. */
    public static List<Reason> reasons(Diagnosis diagnosis, List<Stack> stacks) {
        List<Reason> reasons = new ArrayList<>();
        for (Stack stack : stacks) {
            for (String[] row : ROWS) {
                if (row[0].equals(diagnosis.id()) && row[1].equals(stack.id)) {
                    reasons.add(new Reason(row[2], row[3]));
                }
            }
        }
        if (diagnosis instanceof Cause cause) {
            boolean fastcgi = stacks.contains(PHP);
            for (String peer : List.of("HOST:PORT", "unix:/SOCKET")) {
                for (Likely each : Likely.of(cause, new Likely.Place(fastcgi, peer, "/PATH", "REQUEST-ID"))) {
                    if (reasons.stream().noneMatch(r -> r.text().equals(each.reason()))) {
                        reasons.add(new Reason(each.reason(), each.command()));
                    }
                }
            }
        }
        return reasons;
    }

    /** A reason, and the cause that it is one of. */
    public record Typical(Cause cause, Reason reason) {}

    /** What is behind failures of these causes on these stacks, in the order of the table, which has the most frequent first. */
    public static List<Typical> typical(List<Cause> causes, List<Stack> stacks) {
        List<Typical> all = new ArrayList<>();
        for (String[] row : ROWS) {
            Cause.byId(row[0])
                    .filter(causes::contains)
                    .filter(cause -> stacks.stream().anyMatch(stack -> stack.id.equals(row[1])))
                    .ifPresent(cause -> all.add(new Typical(cause, new Reason(row[2], row[3]))));
        }
        return all;
    }

    /** The ids that rows are about; for tests. */
    static List<String> causes() {
        return ROWS.stream().map(row -> row[0]).distinct().toList();
    }
}
