package io.culprit.record.journal.store;

import io.culprit.failure.Attempt;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import java.io.Serializable;
import java.util.Optional;

/**
 * One failed request, kept because it stands for others.
 *
 * @param requestId its id
 * @param epochMillis when it began
 * @param route name of its route, possibly empty
 * @param upstream name of its upstream, possibly empty
 * @param peer the server that failed, else the last one asked, possibly empty
 * @param cause id of the cause it ended with, or of its first failed attempt where it ended well
 * @param status status the client got
 * @param json the outcome as the access log has it, secrets masked
 */
public record Example(
        String requestId,
        long epochMillis,
        String route,
        String upstream,
        String peer,
        String cause,
        int status,
        String json)
        implements Serializable {
    /** Made of an outcome that failed, or had a failed attempt; empty for any other. */
    public static Optional<Example> of(Outcome o) {
        return failure(o).map(failure -> {
            String peer = "";
            for (Attempt each : o.attempts()) {
                peer = each.peer();
                if (each.failure() == failure) {
                    break; // where a retry went well, the server that failed is meant, not the one that answered
                }
            }
            return new Example(
                    o.requestId(),
                    o.epochMillis(),
                    o.route(),
                    o.upstream(),
                    peer,
                    failure.cause().id(),
                    o.status(),
                    ExampleJson.of(o));
        });
    }

    /** What happened, one sentence with this request's figures. */
    public String verdict() {
        return ExampleJson.first(json, "finding")
                .or(() -> ExampleJson.first(json, "detail"))
                .orElse("");
    }

    /** The request's target, secrets masked. */
    public String target() {
        return ExampleJson.first(json, "target").orElse("");
    }

    private static Optional<Failure> failure(Outcome o) {
        return Optional.ofNullable(o.failure())
                .or(() -> o.attempts().stream()
                        .map(Attempt::failure)
                        .filter(failure -> failure != null)
                        .findFirst());
    }
}
