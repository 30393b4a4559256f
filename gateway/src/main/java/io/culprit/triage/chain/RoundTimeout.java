package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.triage.tally.Top;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Requests that ended after a steady time: a timer, and which one. Rests on the durations in the access log. */
final class RoundTimeout implements Chain {
    /** Of the durations, so many have to lie within a tenth of a second of the most frequent one. */
    private static final double MOST = 0.7;

    @Override
    public Optional<Link> find(Evidence e) {
        for (Failed each :
                e.failed(Set.of(Cause.HEAD_TIMEOUT, Cause.CONNECT_TIMEOUT, Cause.BODY_TIMEOUT, Cause.SEND_TIMEOUT))) {
            Optional<Double> seconds = steady(each);
            if (seconds.isPresent() && each.requests() > 0) {
                return Optional.of(link(e, each, seconds.get()));
            }
        }
        return Optional.empty();
    }

    private static Link link(Evidence e, Failed failed, double seconds) {
        boolean connect = failed.diagnosis() == Cause.CONNECT_TIMEOUT;
        String timer =
                connect ? "proxy_connect_timeout, fastcgi_connect_timeout" : "proxy_read_timeout, fastcgi_read_timeout";
        String which =
                Math.abs(seconds - 60) < 0.5 ? "the default of " + timer : "a timer that somebody set (" + timer + ")";
        Link.Builder link = Link.of(failed.diagnosis())
                .requests(failed.requests())
                .because("each ended after %.2f s: %s", seconds, which)
                .proof(failed.exhibits()
                        .subList(0, Math.min(2, failed.exhibits().size())))
                .notProven("what the upstream did in that time: its own log, or a slow log, would tell")
                .notThis("A longer timeout hides it and lets clients wait longer");
        return link.fix(
                        Fix.of(
                                connect
                                        ? "Look at firewalls, addresses and the upstream's accept queue (ss -tln)"
                                        : "Find what the upstream does in that time; raise the timer only where it is meant to take so long"))
                .build();
    }

    /** Seconds of the most frequent duration, where most agree. */
    static Optional<Double> steady(Failed failed) {
        List<Top.Entry> durations = failed.durations().first(200);
        long all = durations.stream().mapToLong(Top.Entry::count).sum();
        if (all < 3) {
            return Optional.empty();
        }
        long most = Long.parseLong(durations.get(0).name());
        long near = durations.stream()
                .filter(d -> Math.abs(Long.parseLong(d.name()) - most) <= 10)
                .mapToLong(Top.Entry::count)
                .sum();
        return most > 0 && near >= all * MOST ? Optional.of(most / 100.0) : Optional.empty();
    }
}
