package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Program;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Happening;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Nobody left to ask: every server was taken out for the failures before. Rests on those failures, or on a health check that says
 * why a server is down. Without either, a limit of connections gives the same line.
 */
final class NoLivePeers implements Chain {
    private static final Set<Cause> BEFORE = Set.of(
            Cause.CONNECT_REFUSED,
            Cause.CONNECT_TIMEOUT,
            Cause.CONNECT_UNREACHABLE,
            Cause.CONNECT_SOCKET_MISSING,
            Cause.HEAD_TIMEOUT,
            Cause.HEAD_CLOSED,
            Cause.HEAD_RESET);

    @Override
    public Optional<Link> find(Evidence e) {
        Optional<Failed> none = e.possible(Cause.PEERS_NONE_LIVE);
        if (none.isEmpty()) {
            return Optional.empty();
        }
        List<Happening> downs = new ArrayList<>();
        for (Diagnosis each : List.of(
                Cause.CONNECT_REFUSED,
                Cause.CONNECT_TIMEOUT,
                Cause.HEAD_TIMEOUT,
                Cause.ORIGIN_ERROR,
                Cause.HEAD_RESET,
                Condition.UNKNOWN)) {
            e.events(each).stream()
                    .filter(h -> h.program() == Program.HAPROXY)
                    .filter(h -> h.micros() <= none.get().last())
                    .filter(h ->
                            none.get().pools().size() == 0 || none.get().pools().of(h.pool()) > 0)
                    .forEach(downs::add);
        }
        downs.sort(Comparator.comparingLong(Happening::micros));
        List<Failed> before = e.failed(BEFORE).stream()
                .filter(f -> f.first() <= none.get().first())
                .filter(f -> f.pools().size() == 0
                        || none.get().pools().size() == 0
                        || none.get().pools().of(f.pools().first()) > 0)
                .toList();
        if (downs.isEmpty() && before.isEmpty()) {
            return Optional.of(alone(none.get()));
        }
        Diagnosis why =
                downs.isEmpty() ? before.get(0).diagnosis() : downs.get(0).what();
        Link.Builder link = Link.of(Cause.PEERS_NONE_LIVE)
                .root(why)
                .requests(none.get().requests())
                .because(
                        "every server had been taken out, for: %s%s",
                        AppError.lower(why.summary()),
                        downs.isEmpty()
                                ? ""
                                : ", says the health check of " + downs.get(0).upstream());
        downs.stream().limit(2).forEach(h -> link.proof(h.exhibit()));
        before.stream()
                .limit(1)
                .forEach(f -> link.proof(
                        f.exhibits().subList(0, Math.min(1, f.exhibits().size()))));
        link.proof(none.get()
                .exhibits()
                .subList(0, Math.min(1, none.get().exhibits().size())));
        return Optional.of(link.notProven("why that happened: look at the servers' own logs")
                .notThis("The proxy works as it should: it has nobody left to ask")
                .fix(Fix.of(why.remedy()))
                .build());
    }

    private static Link alone(Failed failed) {
        return Link.of(Cause.PEERS_NONE_LIVE, Cause.POOL_FULL)
                .requests(failed.requests())
                .because("no server could be asked, and no line says why")
                .proof(failed.exhibits())
                .notProven(
                        "whether all servers were down or all connections in use: without earlier failures of the same group, think of"
                                + " max_conns first")
                .fix(Fix.of("Look for earlier failures of this upstream, then at its max_conns"))
                .build();
    }
}
