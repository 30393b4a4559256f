package io.culprit.triage.chain;

import io.culprit.failure.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All chains, those that explain most first among equals. */
public final class Chains {
    private static final List<Chain> ALL = List.of(
            new Restart(),
            new DeadWorker(Condition.WORKER_OOM_KILLED),
            new DeadWorker(Condition.WORKER_SEGFAULT),
            new DeadWorker(Condition.POOL_TERMINATE_TIMEOUT),
            new DeadWorker(Condition.WORKER_TIMEOUT),
            new DeadWorker(Condition.WORKER_KILLED),
            new InvertedTimeouts(),
            new FullPool(),
            new KeepAliveRace(),
            new Maintenance(),
            new DatabaseDown(),
            new AppError(),
            new NoLivePeers(),
            new WrongSocket(),
            new SlowDatabase(),
            new RoundTimeout(),
            new ImpatientClient());

    private Chains() {}

    /** The chains that hold, those with most requests first; of several about the same failures, the first of the list. */
    public static List<Link> find(Evidence evidence) {
        List<Link> found = new ArrayList<>();
        for (Chain chain : ALL) {
            chain.find(evidence).ifPresent(link -> {
                if (found.stream().noneMatch(other -> covers(other, link))) {
                    found.add(link);
                }
            });
        }
        found.sort(Comparator.comparingLong(Link::requests).reversed());
        return List.copyOf(found);
    }

    /** Whether another link already explains all effects of this one, for about as many requests. */
    private static boolean covers(Link other, Link link) {
        return other.effects().containsAll(link.effects()) && other.requests() * 10 >= link.requests() * 8;
    }
}
