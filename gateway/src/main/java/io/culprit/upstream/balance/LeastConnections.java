package io.culprit.upstream.balance;

import io.culprit.upstream.Peer;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The peer with the fewest requests under way for its weight; smooth round robin among equals. */
final class LeastConnections implements Balancer {
    private final RoundRobin ties = new RoundRobin();

    @Override
    public @Nullable Peer choose(List<Peer> peers, Predicate<Peer> usable, byte[] client) {
        long bestActive = -1;
        long bestWeight = 1;
        int equals = 0;
        Peer best = null;
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            if (!usable.test(peer)) {
                continue;
            }
            long active = peer.active();
            long compared = best == null ? -1 : active * bestWeight - bestActive * peer.weight();
            if (compared < 0) {
                best = peer;
                bestActive = active;
                bestWeight = peer.weight();
                equals = 1;
            } else if (compared == 0) {
                equals++;
            }
        }
        if (equals < 2) {
            return best;
        }
        long active = bestActive;
        long weight = bestWeight;
        Peer tied =
                ties.choose(peers, p -> usable.test(p) && (long) p.active() * weight == active * p.weight(), client);
        return tied == null ? best : tied;
    }
}
