package io.culprit.upstream;

import io.culprit.config.UpstreamConfig;
import io.culprit.failure.Event;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.balance.Balancer;
import io.culprit.upstream.channel.Dialer;
import io.culprit.upstream.dns.NameService;
import io.culprit.upstream.evidence.HostInspector;
import io.culprit.upstream.exchange.ResponseReader;
import io.culprit.upstream.exchange.UpstreamConnection;
import io.culprit.upstream.fastcgi.FastCgiResponseReader;
import io.culprit.upstream.http1.Http1ResponseReader;
import io.culprit.upstream.pool.ConnectionBudget;
import io.culprit.upstream.pool.IdlePool;
import io.culprit.upstream.tls.PeerTls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One upstream while the gateway runs: its peers, its kept connections and its budget. Shared by all IO threads. */
public final class Upstream {
    private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);

    private final UpstreamConfig config;
    private final List<IoLoop> loops;
    private final PeerDirectory peers;
    private final ConnectionBudget budget;
    private final Examiner examiner;
    private final Event.Sink events;
    private final Dialer dialer;
    private final Optional<PeerTls> tls;
    private final List<IdlePool<Peer, UpstreamConnection>> pools = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private final Balancer balancer;
    private Optional<Upstream> before;

    /**
     * @param look looks at this machine when a peer has failed
     * @param aside where it does so, off the IO threads
     * @param events told of servers that are taken out of use and come back
     * @param dialer opens connections to peers
     * @param before the upstream of this name that it is to replace; see {@link #inherit}
     */
    public Upstream(
            UpstreamConfig config,
            List<IoLoop> loops,
            NameService names,
            HostInspector look,
            Executor aside,
            Event.Sink events,
            Dialer dialer,
            Optional<Upstream> before)
            throws IOException {
        this.tls = config.tls().isPresent()
                ? Optional.of(new PeerTls(config.tls().get(), loops.size()))
                : Optional.empty();
        this.events = events;
        this.dialer = dialer;
        this.config = config;
        this.loops = loops;
        this.examiner = new Examiner(this, config, look, aside);
        this.balancer = Balancer.of(config.balance());
        this.peers = new PeerDirectory(config.servers(), names, loops.size());
        this.before = before;
        this.peers.onGone(this::closeGone);
        this.budget = before.filter(each -> each.config.maxConnections() == config.maxConnections())
                .map(Upstream::budget)
                .orElseGet(() -> new ConnectionBudget(config.maxConnections()));
        for (int i = 0; i < loops.size(); i++) {
            pools.add(new IdlePool<>(config.keepalive()));
        }
        tls.ifPresent(each -> each.onRenewed(this::dropKept));
    }

    /**
     * Comes into force: takes over what its predecessor knows of servers that both have, counters, ejections and health, and
     * its kept connections to them where both speak alike. Any thread may call, once; the predecessor finishes what it has.
     */
    public void inherit() {
        Optional<Upstream> from = before;
        before = Optional.empty();
        from.ifPresent(this::inherit);
    }

    private void inherit(Upstream from) {
        boolean alike = config.protocol() == from.config.protocol()
                && config.tls().equals(from.config.tls())
                && config.proxyProtocol() == from.config.proxyProtocol();
        if (!alike) {
            return;
        }
        peers.inherit(from.peers, config.health().check().isPresent());
        if (budget != from.budget) {
            return;
        }
        for (IoLoop loop : loops) {
            loop.execute(() -> {
                List<Peer> mine = peers.group().all();
                IdlePool<Peer, UpstreamConnection> old = from.pool(loop);
                for (Optional<UpstreamConnection> each = old.takeAny(); each.isPresent(); each = old.takeAny()) {
                    move(each.get(), loop, mine);
                }
            });
        }
    }

    private void move(UpstreamConnection connection, IoLoop loop, List<Peer> mine) {
        Peer peer = connection.peer();
        if (!mine.contains(peer)) {
            connection.discard();
            return;
        }
        connection.leave().ifPresent(idle -> {
            try {
                idle.adopt(loop, config, newReader(), pool(loop), wantedFor(peer))
                        .rest();
            } catch (IOException e) {
                LOG.debug("a kept connection to {} ended as it changed hands: {}", peer.name(), e.getMessage());
            }
        });
    }

    /** Closes what is kept to servers that are no longer there. */
    private void closeGone() {
        for (IoLoop loop : loops) {
            IdlePool<Peer, UpstreamConnection> pool = pools.get(loop.number());
            loop.execute(() -> {
                while (pool.reclaim(Peer::gone)) {
                    LOG.debug("a kept connection is closed: its server is no longer one of {}", name());
                }
            });
        }
    }

    /** Its configuration. */
    public UpstreamConfig config() {
        return config;
    }

    /** Its name in the configuration. */
    public String name() {
        return config.name();
    }

    /** The peers behind its servers. */
    public PeerDirectory peers() {
        return peers;
    }

    /** Limits its connections over all threads, idle ones included. */
    public ConnectionBudget budget() {
        return budget;
    }

    /** Kept connections over all threads. */
    public int idleConnections() {
        int n = 0;
        for (IdlePool<Peer, UpstreamConnection> pool : pools) {
            n += pool.size();
        }
        return n;
    }

    /** Number of IO threads. */
    int loops() {
        return loops.size();
    }

    /** Opens connections to its peers. */
    Dialer dialer() {
        return dialer;
    }

    /** Finds evidence for its peers' failures. */
    Examiner examiner() {
        return examiner;
    }

    /** TLS to its servers, empty for none. */
    public Optional<PeerTls> tls() {
        return tls;
    }

    /** A reader for one connection, of the protocol the upstream speaks. */
    ResponseReader newReader() {
        return switch (config.protocol()) {
            case HTTP -> new Http1ResponseReader(config.headLimit(), config.headerLimit());
            case FASTCGI ->
                new FastCgiResponseReader(config.headLimit(), config.headerLimit(), config.keepsConnections());
        };
    }

    IdlePool<Peer, UpstreamConnection> pool(IoLoop loop) {
        return pools.get(loop.number());
    }

    /**
     * Chooses a peer and enters it; the caller must {@link Peer#leave} it.
     *
     * @param tried peers this request has used already
     * @return empty when none can be used
     */
    Optional<Peer> choose(PeerGroup group, List<Peer> tried, byte[] client) {
        if (group.single() && tried.isEmpty()) {
            return only(group);
        }
        long now = now();
        long failTimeout = config.health().failTimeout().toMillis();
        int maxFails = group.single() ? 0 : config.health().maxFails();
        Predicate<Peer> usable = peer -> !tried.contains(peer) && peer.available(maxFails, failTimeout, now);
        Optional<Peer> chosen;
        synchronized (balancer) { // choosing and entering are one step, so that shares are exact over all threads
            chosen =
                    chooseFrom(group.primaries(), usable, client).or(() -> chooseFrom(group.backups(), usable, client));
        }
        chosen.ifPresent(peer -> peer.chosen(failTimeout, now));
        return chosen;
    }

    /** A single peer is never ejected: it can be used or not. */
    private static Optional<Peer> only(PeerGroup group) {
        Peer peer = (group.primaries().isEmpty() ? group.backups() : group.primaries()).get(0);
        return peer.available(0, 0, 0) && peer.enter() ? Optional.of(peer) : Optional.empty();
    }

    private Optional<Peer> chooseFrom(List<Peer> tier, Predicate<Peer> usable, byte[] client) {
        if (tier.isEmpty()) {
            return Optional.empty();
        }
        List<Peer> full = new ArrayList<>(0);
        Predicate<Peer> open = peer -> usable.test(peer) && !full.contains(peer);
        while (true) {
            Peer peer = balancer.choose(tier, open, client);
            if (peer == null) {
                return Optional.empty();
            }
            if (peer.enter()) {
                return Optional.of(peer);
            }
            full.add(peer);
        }
    }

    /** Counts a failure against the peer, and says so when that ejects it. */
    void peerFailed(PeerGroup group, Peer peer, String requestId, Failure failure) {
        if (group.single()) {
            peer.forgive();
            return;
        }
        boolean ejected = peer.failed(
                config.health().maxFails(), config.health().failTimeout().toMillis(), now(), requestId, failure);
        if (ejected) {
            LOG.warn("{} of upstream {} is ejected: {}", peer.name(), name(), peer.whyUnavailable());
            tell(Event.Kind.PEER_EJECTED, peer, peer.whyUnavailable());
        }
    }

    /** Counts a success for the peer, and says so when that ends an ejection. */
    void peerSucceeded(Peer peer) {
        if (peer.succeeded()) {
            tell(Event.Kind.PEER_RETURNED, peer, "a request succeeded");
        }
    }

    /** The active check failed. */
    public void checkedBad(Peer peer, Failure failure) {
        if (peer.checkedBad(failure)) {
            String why = "%s (%s)".formatted(failure.cause().id(), failure.detail());
            LOG.warn("{} of upstream {} fails its health check: {}", peer.name(), name(), why);
            tell(Event.Kind.CHECK_FAILED, peer, why);
        }
    }

    /** The active check succeeded. */
    public void checkedGood(Peer peer) {
        if (peer.checkedGood()) {
            LOG.info("{} of upstream {} is healthy again", peer.name(), name());
            tell(Event.Kind.CHECK_RECOVERED, peer, "the health check succeeded");
        }
    }

    private void tell(Event.Kind kind, Peer peer, String why) {
        events.happened(Event.now(kind, name(), peer.name(), why));
    }

    /**
     * Whether a connection to this peer should be closed rather than kept: somebody waits for its place, or the peer is gone.
     * A connection asks for as long as it lives, so this holds nothing of whoever opened it.
     */
    BooleanSupplier wantedFor(Peer peer) {
        return () -> budget.wanted() || peer.budget().wanted() || peer.gone();
    }

    /** Whether a peer other than this one, and not tried yet, could be asked now. */
    boolean hasOther(PeerGroup group, Peer current, List<Peer> tried) {
        long failTimeout = config.health().failTimeout().toMillis();
        for (List<Peer> tier : List.of(group.primaries(), group.backups())) {
            for (Peer peer : tier) {
                if (peer != current
                        && !tried.contains(peer)
                        && peer.available(config.health().maxFails(), failTimeout, now())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Milliseconds of a clock that nobody sets back. */
    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** Asks the threads that have idle connections to close one of them while a place in the budget is waited for. */
    void reclaimIdle(ConnectionBudget needed, Predicate<Peer> peer) {
        for (IoLoop loop : loops) {
            IdlePool<Peer, UpstreamConnection> pool = pools.get(loop.number());
            if (pool.size() > 0) {
                loop.execute(() -> {
                    if (needed.wanted()) {
                        pool.reclaim(peer);
                    }
                });
            }
        }
    }

    /** Another loop that keeps an idle connection to this peer, as far as can be seen from here. */
    Optional<IoLoop> idleElsewhere(IoLoop here, Peer peer) {
        for (int i = 0; i < loops.size(); i++) {
            if (i != here.number() && peer.idle(i) > 0) {
                return Optional.of(loops.get(i));
            }
        }
        return Optional.empty();
    }

    /** Closes what is kept, and what is in use once its request is done: it was trusted by files that are no longer in force. */
    private void dropKept() {
        for (IoLoop loop : loops) {
            loop.execute(() -> {
                if (!closed) {
                    pools.set(loop.number(), new IdlePool<>(config.keepalive())).closeAll();
                }
            });
        }
    }

    /** Closes all idle connections, each on its own thread, and from now on each that a request is done with. */
    public void close() {
        closed = true;
        peers.close();
        for (IoLoop loop : loops) {
            loop.execute(() -> pools.get(loop.number()).closeAll());
        }
    }
}
