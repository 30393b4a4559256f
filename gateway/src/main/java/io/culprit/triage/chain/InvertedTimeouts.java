package io.culprit.triage.chain;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Happening;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The web server gives up before the limit behind it: the script goes on for a client that is gone, and FPM ends it later. Rests on
 * 504s after a steady time and on "execution timed out" of the same paths with a longer one, later by the difference.
 */
final class InvertedTimeouts implements Chain {
    @Override
    public Optional<Link> find(Evidence e) {
        List<Failed> failures = e.failed(Set.of(Cause.HEAD_TIMEOUT));
        List<Happening> kills = e.events(Condition.POOL_TERMINATE_TIMEOUT);
        if (failures.isEmpty()
                || kills.isEmpty()
                || !e.events(Condition.POOL_MAX_CHILDREN).isEmpty()) {
            return Optional.empty();
        }
        Failed failed = failures.get(0);
        Optional<Double> timer = RoundTimeout.steady(failed);
        double kill = kills.stream().mapToLong(Happening::duration).min().orElse(0) / 1e6;
        boolean later = kills.stream().allMatch(h -> h.micros() > failed.first());
        if (!later || kill <= 0 || timer.isPresent() && kill < timer.get()) {
            return Optional.empty();
        }
        List<Happening> slow = e.events(Condition.POOL_SLOW);
        Link.Builder link = Link.of(Cause.HEAD_TIMEOUT);
        if (!slow.isEmpty()) {
            link.root(Condition.POOL_SLOW);
        }
        Holder holder = Holder.find(e, failures);
        String frame = slow.stream()
                .filter(h -> h.duration() < 0)
                .map(Happening::script)
                .findFirst()
                .orElse("");
        link.requests(failed.requests())
                .blame(Blame.CONFIG)
                .because(
                        "the timeouts are inverted: the web server gave up after %s, while FPM let the script run until its own limit"
                                + " at %.1f s%s",
                        timer.map("%.2f s"::formatted).orElse("its read timeout"),
                        kill,
                        frame.isEmpty() ? "" : "; it stood in " + frame)
                .proof(failed.exhibits()
                        .subList(0, Math.min(1, failed.exhibits().size())))
                .proof(kills.get(0).exhibit());
        slow.stream().limit(1).forEach(h -> link.proof(h.exhibit()));
        return Optional.of(link.notProven(
                        "why the script is slow" + (holder.isFound() ? "" : ": the slow log would name the function"))
                .notThis(
                        "FPM's kills (%s) are consequences: the 504 had been sent before",
                        Evidence.count(kills.size(), "line"))
                .notThis("No worker crashed: signal 15 is FPM's own")
                .notThis("A little longer timeout only turns the 504 into a 502 when FPM's limit is reached")
                .fix(
                        Fix.of("Have each limit below the one in front of it, and the long work outside of requests")
                                .change(
                                        "pool.d/www.conf",
                                        "request_terminate_timeout = %.0fs".formatted(Math.floor(kill)),
                                        timer.map(t ->
                                                        "request_terminate_timeout = %.0fs   ; below fastcgi_read_timeout"
                                                                .formatted(Math.max(1, Math.floor(t) - 1)))
                                                .orElse(
                                                        "request_terminate_timeout = ...   ; below the web server's read timeout")))
                .build());
    }
}
