package io.culprit.upstream;

import io.culprit.config.UpstreamConfig;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.balance.Balancer;
import io.culprit.upstream.dns.NameService;
import io.culprit.upstream.http1.Http1Connection;
import io.culprit.upstream.pool.ConnectionBudget;
import io.culprit.upstream.pool.IdlePool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One upstream while the gateway runs: its peers, its kept connections and its budget. Shared by all IO threads. */
public final class Upstream {
    private final UpstreamConfig config;
    private final List<IoLoop> loops;
    private final PeerDirectory peers;
    private final ConnectionBudget budget;
    private final List<IdlePool<Peer, Http1Connection>> pools = new ArrayList<>();
    private final List<Balancer> balancers = new ArrayList<>();

    public Upstream(UpstreamConfig config, List<IoLoop> loops, NameService names) {
        this.config = config;
        this.loops = loops;
        this.peers = new PeerDirectory(config.servers(), names);
        this.budget = new ConnectionBudget(config.maxConnections());
        for (int i = 0; i < loops.size(); i++) {
            pools.add(new IdlePool<>(config.keepalive()));
            balancers.add(Balancer.of(config.balance()));
        }
    }

    public UpstreamConfig config() {
        return config;
    }

    public String name() {
        return config.name();
    }

    public PeerDirectory peers() {
        return peers;
    }

    public ConnectionBudget budget() {
        return budget;
    }

    public int idleConnections() {
        int n = 0;
        for (IdlePool<Peer, Http1Connection> pool : pools) {
            n += pool.size();
        }
        return n;
    }

    IdlePool<Peer, Http1Connection> pool(IoLoop loop) {
        return pools.get(loop.number());
    }

    /**
     * Chooses a peer and enters it; the caller must {@link Peer#leave} it.
     *
     * @param tried peers this request has used already
     * @return empty when none can be used
     */
    Optional<Peer> choose(IoLoop loop, PeerGroup group, List<Peer> tried, byte[] client) {
        long now = System.currentTimeMillis();
        long failTimeout = config.health().failTimeout().toMillis();
        int maxFails = group.single() ? 0 : config.health().maxFails();
        Predicate<Peer> usable = peer -> !tried.contains(peer) && peer.available(maxFails, failTimeout, now);
        Optional<Peer> chosen = chooseFrom(loop, group.primaries(), usable, client)
                .or(() -> chooseFrom(loop, group.backups(), usable, client));
        chosen.ifPresent(peer -> peer.chosen(failTimeout, now));
        return chosen;
    }

    private Optional<Peer> chooseFrom(IoLoop loop, List<Peer> tier, Predicate<Peer> usable, byte[] client) {
        if (tier.isEmpty()) {
            return Optional.empty();
        }
        List<Peer> full = new ArrayList<>(0);
        Predicate<Peer> open = peer -> usable.test(peer) && !full.contains(peer);
        while (true) {
            Peer peer = balancers.get(loop.number()).choose(tier, open, client);
            if (peer == null) {
                return Optional.empty();
            }
            if (peer.enter()) {
                return Optional.of(peer);
            }
            full.add(peer);
        }
    }

    /**
     * Counts a failure against the peer.
     *
     * @return true when it was ejected by this failure
     */
    boolean peerFailed(PeerGroup group, Peer peer, String requestId, Failure failure) {
        if (group.single()) {
            peer.forgive();
            return false;
        }
        return peer.failed(
                config.health().maxFails(),
                config.health().failTimeout().toMillis(),
                System.currentTimeMillis(),
                requestId,
                failure);
    }

    /** Asks the threads that have idle connections to close one of them, so that a place becomes free. */
    void reclaimIdle(Predicate<Peer> peer) {
        for (IoLoop loop : loops) {
            IdlePool<Peer, Http1Connection> pool = pools.get(loop.number());
            if (pool.size() > 0) {
                loop.execute(() -> pool.reclaim(peer));
            }
        }
    }

    /** Closes all idle connections, each on its own thread. */
    public void closeIdle(String why) {
        for (IoLoop loop : loops) {
            loop.execute(() -> pools.get(loop.number()).closeAll(why));
        }
    }
}
