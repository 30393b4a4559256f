package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.triage.tally.Failed;
import java.util.Optional;
import java.util.Set;

/** Clients that all leave after the same time: no people, but a timer of whatever stands in front. Rests on 499s' durations. */
final class ImpatientClient implements Chain {
    @Override
    public Optional<Link> find(Evidence e) {
        return e.failed(Set.of(Cause.CLIENT_CLOSED)).stream()
                .filter(f -> f.requests() >= 3)
                .flatMap(f -> RoundTimeout.steady(f).filter(s -> s >= 1).map(s -> link(f, s)).stream())
                .findFirst();
    }

    private static Link link(Failed failed, double seconds) {
        return Link.of(Cause.CLIENT_CLOSED)
                .requests(failed.requests())
                .because(
                        "clients left after %.2f s each: a timer of a load balancer, CDN or program in front, and no people",
                        seconds)
                .proof(failed.exhibits()
                        .subList(0, Math.min(2, failed.exhibits().size())))
                .notProven("whose timer it is: compare it with the ones in front (culprit lint --edge)")
                .fix(Fix.of(
                        "Make the answers faster than that timer, or raise it there; the upstream was still at work"))
                .build();
    }
}
