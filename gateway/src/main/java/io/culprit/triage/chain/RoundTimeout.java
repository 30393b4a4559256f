package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.classify.Program;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Top;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Requests that ended after a steady time: a timer, and whose; what was slow, where a slow log says so. Rests on the durations in the
 * access log. */
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
        Timer timer = Timer.of(failed, connect);
        boolean usual = timer.seconds() > 0 && Math.abs(seconds - timer.seconds()) < 0.5;
        Holder holder = connect ? Holder.NOTHING : Holder.find(e, List.of(failed));
        Link.Builder link = Link.of(failed.diagnosis())
                .requests(failed.requests())
                .because(
                        "each ended after %.2f s: %s%s",
                        seconds,
                        usual ? "the default of " + timer.name() : "a timer that somebody set (" + timer.name() + ")",
                        holder.isFound() ? "; the workers were busy" : "")
                .proof(failed.exhibits()
                        .subList(0, Math.min(2, failed.exhibits().size())))
                .notThis("A longer timeout hides it and lets clients wait longer");
        if (holder.isFound()) {
            holder.describe(e, link);
            return link.build();
        }
        return link.notProven("what the upstream did in that time: its own log, or a slow log, would tell")
                .fix(
                        Fix.of(
                                connect
                                        ? "Look at firewalls, addresses and the upstream's accept queue (ss -tln)"
                                        : "Find what the upstream does in that time; raise the timer only where it is meant to take so long"))
                .build();
    }

    /**
     * Whose timer that is, by who wrote the lines.
     *
     * @param seconds its default, 0 where it has none
     */
    private record Timer(String name, double seconds) {
        static Timer of(Failed failed, boolean connect) {
            String line =
                    failed.exhibits().isEmpty() ? "" : failed.exhibits().get(0).text();
            Program program =
                    new LogClassifier().classify(line).map(Finding::program).orElse(Program.PHRASE);
            return switch (program) {
                case HAPROXY -> new Timer(connect ? "HAProxy's timeout connect" : "HAProxy's timeout server", 0);
                case APACHE_ERROR, APACHE_ACCESS ->
                    new Timer(
                            connect
                                    ? "Apache's connectiontimeout, else Timeout"
                                    : "Apache's ProxyTimeout, else Timeout",
                            60);
                case AWS_ALB, AWS_CLB ->
                    connect
                            ? new Timer("the load balancer's connect timeout", 10)
                            : new Timer("the load balancer's idle timeout", 60);
                case ENVOY ->
                    connect ? new Timer("Envoy's connect_timeout", 5) : new Timer("the timeout of Envoy's route", 15);
                case TRAEFIK ->
                    connect ? new Timer("Traefik's dialTimeout", 30) : new Timer("Traefik's responseHeaderTimeout", 0);
                case CADDY ->
                    connect ? new Timer("Caddy's dial_timeout", 3) : new Timer("Caddy's response_header_timeout", 0);
                case CULPRIT -> new Timer(connect ? "timeouts.connect" : "timeouts.read", connect ? 5 : 60);
                default -> nginx(failed, line, connect ? "_connect_timeout" : "_read_timeout");
            };
        }

        private static Timer nginx(Failed failed, String line, String what) {
            boolean fastcgi = line.contains("fastcgi://");
            return new Timer(
                    failed.isHttp() && !fastcgi
                            ? "proxy" + what
                            : fastcgi ? "fastcgi" + what : "proxy" + what + ", fastcgi" + what,
                    60);
        }
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
