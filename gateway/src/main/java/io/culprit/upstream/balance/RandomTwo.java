package io.culprit.upstream.balance;

import io.culprit.upstream.Peer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Two peers drawn by weight, the less busy of them wins: good without shared state. */
final class RandomTwo implements Balancer {
    private static final int DRAWS = 20;

    private final LeastConnections fallback = new LeastConnections();

    @Override
    public @Nullable Peer choose(List<Peer> peers, Predicate<Peer> usable, byte[] client) {
        int total = 0;
        for (int i = 0; i < peers.size(); i++) {
            total += peers.get(i).weight();
        }
        Peer first = null;
        for (int draw = 0; draw < DRAWS; draw++) {
            Peer peer = byWeight(peers, ThreadLocalRandom.current().nextInt(total));
            if (!usable.test(peer) || peer == first) {
                continue;
            }
            if (first == null) {
                first = peer;
            } else {
                long difference = (long) first.active() * peer.weight() - (long) peer.active() * first.weight();
                return difference <= 0 ? first : peer;
            }
        }
        return first != null ? first : fallback.choose(peers, usable, client);
    }

    private static Peer byWeight(List<Peer> peers, int at) {
        for (int i = 0; i < peers.size(); i++) {
            at -= peers.get(i).weight();
            if (at < 0) {
                return peers.get(i);
            }
        }
        return peers.get(peers.size() - 1);
    }
}
