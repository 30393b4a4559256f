package io.culprit.upstream.balance;

import io.culprit.config.UpstreamConfig.Balance;
import io.culprit.upstream.Peer;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Chooses a peer. One instance for each upstream, whose lock is held while it chooses. */
public interface Balancer {
    /**
     * @param peers candidates of one tier, never empty
     * @param usable whether a peer may be asked now
     * @param client address of the client
     * @return null when none is usable
     */
    @Nullable
    Peer choose(List<Peer> peers, Predicate<Peer> usable, byte[] client);

    static Balancer of(Balance balance) {
        return switch (balance) {
            case ROUND_ROBIN -> new RoundRobin();
            case LEAST_CONNECTIONS -> new LeastConnections();
            case IP_HASH -> new IpHash();
            case RANDOM_TWO -> new RandomTwo();
        };
    }
}
