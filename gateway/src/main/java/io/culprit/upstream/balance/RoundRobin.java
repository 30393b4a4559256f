package io.culprit.upstream.balance;

import io.culprit.upstream.Peer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Smooth weighted round robin: weights 5, 1, 1 give a a b a c a a, not a a a a a b c. */
final class RoundRobin implements Balancer {
    private final Map<Peer, int[]> current = new IdentityHashMap<>();

    @Override
    public @Nullable Peer choose(List<Peer> peers, Predicate<Peer> usable, byte[] client) {
        if (peers.size() == 1) {
            Peer only = peers.get(0);
            return usable.test(only) ? only : null;
        }
        if (current.size() > peers.size() * 2) {
            current.clear(); // names resolved to other addresses: forget the old peers
        }
        int total = 0;
        Peer best = null;
        int[] bestWeight = null;
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            if (!usable.test(peer)) {
                continue;
            }
            int[] weight = current.computeIfAbsent(peer, p -> new int[1]);
            weight[0] += peer.weight();
            total += peer.weight();
            if (bestWeight == null || weight[0] > bestWeight[0]) {
                best = peer;
                bestWeight = weight;
            }
        }
        if (bestWeight != null) {
            bestWeight[0] -= total;
        }
        return best;
    }
}
