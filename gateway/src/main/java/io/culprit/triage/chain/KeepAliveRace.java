package io.culprit.triage.chain;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A kept connection that the upstream closes in the moment it is used again. Rests on failures of requests that are not repeated
 * (POST) within milliseconds, while others of the same upstream were repeated and answered; or on a proxy that says so itself.
 */
final class KeepAliveRace implements Chain {
    @Override
    public Optional<Link> find(Evidence e) {
        Optional<Group> stale = e.tally().groups(Kind.REQUEST).stream()
                .filter(g -> g.diagnosis() == Cause.HEAD_CLOSED_ON_REUSE)
                .findFirst();
        if (stale.isEmpty() || !deaths(e)) {
            return Optional.empty();
        }
        Group group = stale.get();
        long lines = e.tally().groups(Kind.ERROR).stream()
                .filter(g -> g.diagnosis() == Cause.HEAD_CLOSED || g.diagnosis() == Cause.HEAD_RESET)
                .mapToLong(Group::lines)
                .sum();
        long retried = e.tally().retried();
        if (retried == 0 && group.lines() < 3) {
            return Optional.empty();
        }
        List<Exhibit> proof = new ArrayList<>(group.exhibits().subList(0, 1));
        e.tally().groups(Kind.ERROR).stream()
                .filter(g -> g.diagnosis() == Cause.HEAD_CLOSED)
                .forEach(g -> proof.addAll(g.exhibits().subList(0, 1)));
        String upstream = group.upstreams().first();
        return Optional.of(Link.of(Cause.HEAD_CLOSED_ON_REUSE)
                .requests(group.lines())
                .blame(Blame.CONFIG)
                .because(
                        "kept connections%s were closed by the upstream in the moment they were used again: only requests that may not"
                                + " be repeated failed, within milliseconds%s",
                        upstream.isEmpty() ? "" : " to " + upstream,
                        retried > 0
                                ? ", while " + Evidence.count(retried, "other") + " were repeated and answered"
                                : "")
                .proof(proof)
                .notProven("the upstream's keep-alive timeout itself: compare it with the one in front")
                .notThis(
                        "The application does not crash, and the network is not unstable: no process ended at those times")
                .notThis(
                        lines > group.lines()
                                ? "Not %d requests failed, as many as there are error lines: %d did"
                                        .formatted(lines, group.lines())
                                : "Repeating POSTs as well may run an order twice")
                .fix(Fix.of("Let the upstream keep idle connections longer than whoever is in front of it")
                        .change(
                                "Node.js",
                                "server.keepAliveTimeout = 5000",
                                "server.keepAliveTimeout = 65000; server.headersTimeout = 66000")
                        .change("or nginx: upstream", "keepalive_timeout 60s;", "keepalive_timeout 4s;"))
                .build());
    }

    /** Whether no process died: then the connections were closed on purpose. */
    private static boolean deaths(Evidence e) {
        return e.events(Condition.WORKER_KILLED).isEmpty()
                && e.events(Condition.WORKER_SEGFAULT).isEmpty()
                && e.events(Condition.UPSTREAM_RESTART).isEmpty()
                && e.events(Condition.WORKER_TIMEOUT).isEmpty();
    }
}
