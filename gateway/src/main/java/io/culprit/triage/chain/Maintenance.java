package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Failures;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The application's own 503 in milliseconds on every path for a while: maintenance mode, and no outage. Rests on 503s that the
 * upstream itself sent, of many paths, with nothing wrong in any error log.
 */
final class Maintenance implements Chain {
    private static final int PATHS = 3;

    @Override
    public Optional<Link> find(Evidence e) {
        List<Failed> failures = e.failed(Set.of(Cause.ORIGIN_ERROR));
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        Failed failed = failures.get(0);
        boolean unavailable = failed.statuses().of("503") * 10 >= failed.requests() * 9;
        boolean all = failed.paths().size() >= PATHS;
        boolean quick = failed.durations().first(5).stream().allMatch(d -> Long.parseLong(d.name()) <= 50);
        boolean healthy = e.failed().stream()
                .filter(f -> f != failed && !Failures.isOfClient(f))
                .allMatch(f -> f.requests() * 20 < failed.requests());
        if (!unavailable || !all || !quick || !healthy || failed.requests() < 5) {
            return Optional.empty();
        }
        return Optional.of(Link.of(Cause.ORIGIN_ERROR)
                .root(Condition.APP_MAINTENANCE)
                .requests(failed.requests())
                .because(
                        "the application itself answered 503 within milliseconds on %s from %s to %s: maintenance mode, as during an"
                                + " update",
                        failed.paths().size() > 20
                                ? "every path"
                                : Evidence.count(failed.paths().size(), "path"),
                        e.time(failed.first()),
                        e.time(failed.last()))
                .proof(failed.exhibits())
                .notProven("that it was meant: its page and its Retry-After header would say so")
                .notThis("Nothing is down or overloaded: the answers came at once, from the application")
                .notThis("It is no limit of the web server: that would answer without asking the upstream")
                .fix(Fix.of("None while the update runs; where it does not end, remove the flag that it left behind")
                        .change("WordPress's folder", ".maintenance", "(delete the file)"))
                .build());
    }
}
