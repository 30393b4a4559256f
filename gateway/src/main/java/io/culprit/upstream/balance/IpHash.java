package io.culprit.upstream.balance;

import io.culprit.upstream.Peer;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The same client network meets the same peer while it is live: nginx's hash over the first three bytes of an IPv4
 * address, all of an IPv6 address. After twenty misses round robin decides, as in nginx.
 */
final class IpHash implements Balancer {
    private static final int MISSES = 20;

    private final RoundRobin fallback = new RoundRobin();

    @Override
    public @Nullable Peer choose(List<Peer> peers, Predicate<Peer> usable, byte[] client) {
        int total = 0;
        for (int i = 0; i < peers.size(); i++) {
            total += peers.get(i).weight();
        }
        int hash = 89;
        int bytes = client.length == 4 ? 3 : client.length;
        for (int miss = 0; miss <= MISSES; miss++) {
            for (int i = 0; i < bytes; i++) {
                hash = (hash * 113 + (client[i] & 0xff)) % 6271;
            }
            int at = hash % total;
            for (int i = 0; i < peers.size(); i++) {
                Peer peer = peers.get(i);
                at -= peer.weight();
                if (at < 0) {
                    if (usable.test(peer)) {
                        return peer;
                    }
                    break;
                }
            }
        }
        return fallback.choose(peers, usable, client);
    }
}
