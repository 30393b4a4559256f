package io.culprit.upstream;

import io.culprit.config.UpstreamConfig.Server;
import io.culprit.failure.Failure;
import io.culprit.upstream.pool.ConnectionBudget;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * One address of an upstream and what is known of it, shared by all IO threads. Passive health is nginx's: {@code
 * max_fails} failures within {@code fail_timeout} eject the peer for {@code fail_timeout}, then one request probes it
 * (facts: semantics, nginx).
 */
public final class Peer {
    private final String name;
    private final SocketAddress address;
    private volatile Server server;
    private volatile int weight;
    private volatile boolean backup;
    private volatile boolean gone;
    private final ConnectionBudget budget;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger fails = new AtomicInteger();
    private volatile long accessedMillis;
    private volatile long checkedMillis;
    private volatile Optional<Ejection> ejection = Optional.empty();
    private volatile Optional<Failure> checkFailure = Optional.empty();

    /**
     * Why a peer is not used.
     *
     * @param requestId request whose failure was the last straw
     * @param failure that failure
     * @param until when the next request may try it
     */
    public record Ejection(String requestId, Failure failure, Instant until) {}

    /** Whether a peer is used. */
    public enum State {
        UP,
        /** Too many requests failed; it is tried again after {@code fail_timeout}. */
        EJECTED,
        /** The active check fails. */
        FAILING_CHECK,
        /** Configured out of use. */
        DOWN;

        private final String id = name().toLowerCase(java.util.Locale.ROOT);

        /** The lower-case name that metrics and pages use. */
        public String id() {
            return id;
        }
    }

    private final AtomicIntegerArray idle;
    private volatile String id;
    private final String host;
    private final IdleHabit habit = new IdleHabit(System::nanoTime);

    /**
     * @param name its address
     * @param id the same, unless another server has it too
     * @param host the name it was found by, empty for a unix socket
     * @param loops number of IO threads
     */
    Peer(String name, String id, SocketAddress address, String host, Server server, int loops) {
        this.id = id;
        this.host = host;
        this.weight = server.weight();
        this.backup = server.backup();
        this.idle = new AtomicIntegerArray(loops);
        this.name = name;
        this.address = address;
        this.server = server;
        this.budget = new ConnectionBudget(server.maxConnections());
    }

    /** Address for people: {@code 127.0.0.1:9000} or {@code unix:/run/app.sock}. */
    public String name() {
        return name;
    }

    /** Its name where names must differ, as in metrics: the second of two servers with one address is {@code ... #2}. */
    public String id() {
        return id;
    }

    /** The host its server was configured with, or its SRV record names; empty for a unix socket: what a certificate must be for. */
    public String host() {
        return host;
    }

    /** What the configuration or the name server says of it now; its state stays. */
    void configure(String id, Server server, int weight, boolean backup) {
        this.id = id;
        this.server = server;
        this.weight = weight;
        this.backup = backup;
    }

    /** It is no longer among the upstream's: what runs finishes, no connection to it is kept. */
    void leaveGroup() {
        gone = true;
    }

    /** Whether it is no longer among the upstream's. */
    boolean gone() {
        return gone;
    }

    /** Connections to this server that may be open, 0 for no limit. */
    int maxConnections() {
        return server.maxConnections();
    }

    /** Where to connect to. */
    public SocketAddress address() {
        return address;
    }

    /** Share of requests, 1 or more. */
    public int weight() {
        return weight;
    }

    /** Used only when no primary can be. */
    public boolean backup() {
        return backup;
    }

    /** Never used. */
    public boolean down() {
        return server.down();
    }

    /** Limits the connections to this peer, idle ones included. */
    public ConnectionBudget budget() {
        return budget;
    }

    /** Idle connections to it that a loop keeps; any thread may read. */
    public int idle(int loop) {
        return idle.get(loop);
    }

    /** A loop keeps one idle connection more, or fewer; called on its thread only. */
    public void idleChanged(int loop, int by) {
        idle.lazySet(loop, idle.getPlain(loop) + by);
    }

    /** How it treats connections that idle. */
    public IdleHabit habit() {
        return habit;
    }

    /** Requests under way on this peer. */
    public int active() {
        return active.get();
    }

    /** Takes a place under the server's {@code max_connections}; false when all are taken. */
    boolean enter() {
        int limit = server.maxConnections();
        int n = active.get();
        while (limit == 0 || n < limit) {
            if (active.compareAndSet(n, n + 1)) {
                return true;
            }
            n = active.get();
        }
        return false;
    }

    void leave() {
        active.getAndDecrement();
    }

    /** Whether the peer may be asked now. A peer whose penalty is over lets one probe through per {@code fail_timeout}. */
    public boolean available(int maxFails, long failTimeoutMillis, long nowMillis) {
        if (down() || checkFailure.isPresent()) {
            return false;
        }
        return maxFails == 0 || fails.get() < maxFails || nowMillis - checkedMillis > failTimeoutMillis;
    }

    /** The peer was chosen: starts the next {@code fail_timeout} period if one is over. */
    void chosen(long failTimeoutMillis, long nowMillis) {
        if (nowMillis - checkedMillis > failTimeoutMillis) {
            checkedMillis = nowMillis;
        }
    }

    /** @return true when this failure ejected the peer */
    boolean failed(int maxFails, long failTimeoutMillis, long nowMillis, String requestId, Failure failure) {
        int count = fails.incrementAndGet();
        accessedMillis = nowMillis;
        checkedMillis = nowMillis;
        if (maxFails == 0 || count < maxFails) {
            return false;
        }
        boolean news = ejection.isEmpty();
        ejection = Optional.of(new Ejection(requestId, failure, Instant.now().plusMillis(failTimeoutMillis)));
        return news;
    }

    /** @return true when this success ended an ejection */
    boolean succeeded() {
        // As nginx: a success counts for the failures of earlier periods, not for those of the running one.
        if (accessedMillis < checkedMillis) {
            fails.set(0);
            if (ejection.isPresent()) {
                ejection = Optional.empty();
                return true;
            }
        }
        return false;
    }

    /** nginx never ejects the only peer: its failures are forgotten. */
    void forgive() {
        fails.set(0);
    }

    /**
     * The active check failed.
     *
     * @return true when it had not before
     */
    boolean checkedBad(Failure failure) {
        boolean news = checkFailure.isEmpty();
        checkFailure = Optional.of(failure);
        return news;
    }

    /**
     * The active check succeeded.
     *
     * @return true when it had not before
     */
    boolean checkedGood() {
        boolean news = checkFailure.isPresent();
        checkFailure = Optional.empty();
        return news;
    }

    /** What keeps it from being used, or that nothing does. */
    public State state() {
        if (down()) {
            return State.DOWN;
        }
        if (checkFailure.isPresent()) {
            return State.FAILING_CHECK;
        }
        return ejection.filter(e -> e.until().isAfter(Instant.now())).isPresent() ? State.EJECTED : State.UP;
    }

    /** The failure of the last active check, empty when it was good or there is none. */
    public Optional<Failure> checkFailure() {
        return checkFailure;
    }

    /** The last ejection, empty once a later request succeeded. */
    public Optional<Ejection> ejection() {
        return ejection;
    }

    /** Why it is not available, for {@code peers.none-live}. */
    public String whyUnavailable() {
        if (down()) {
            return name + " is configured down";
        }
        if (checkFailure.isPresent()) {
            return name + " fails its health check ("
                    + checkFailure.get().cause().id() + ": "
                    + checkFailure.get().detail() + ")";
        }
        return ejection.map(e -> "%s is ejected until %s by request %s (%s)"
                        .formatted(
                                name,
                                e.until(),
                                e.requestId(),
                                e.failure().cause().id()))
                .orElse(name + " has all its connections in use");
    }
}
