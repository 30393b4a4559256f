package io.culprit.upstream;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.UpstreamConfig.Server;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.evidence.Finding;
import io.culprit.upstream.evidence.FpmStatus;
import io.culprit.upstream.evidence.HostInspector;
import io.culprit.upstream.evidence.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks around when a peer has failed, so that the failure can say what an engineer would have found: asks the pool's
 * status page and looks at this machine. At most once a second for each peer, less often where a look is dear, and never
 * longer than {@link #PATIENCE}; failures meanwhile share what is found. Shared by all IO threads; every answer comes on the asking thread.
 */
public final class Examiner {
    /** How long a failure may wait for its evidence. */
    static final Duration PATIENCE = Duration.ofMillis(250);

    /** How long an observation speaks for further failures of the same peer. */
    static final Duration FRESH = Duration.ofSeconds(1);

    /** A look speaks at least this many times as long as it took: on a crowded machine, evidence stays cheap. */
    private static final int WORTH = 50;

    private static final Logger LOG = LoggerFactory.getLogger(Examiner.class);

    private final Upstream upstream;
    private final HostInspector look;
    private final Executor aside;
    private final Optional<FastCgiConfig> site;
    private final Optional<Peer> statusPeer;
    private final Map<Peer, Examination> latest = new ConcurrentHashMap<>();

    /**
     * @param aside runs looks at this machine, one at a time, off the IO threads; may refuse when it is behind
     */
    Examiner(Upstream upstream, UpstreamConfig config, HostInspector look, Executor aside) {
        this.upstream = upstream;
        this.look = look;
        this.aside = aside;
        this.site = config.fastcgi();
        this.statusPeer = site.flatMap(FastCgiConfig::statusListen)
                .map(address -> new Peer(
                        address.toString(),
                        address.toString(),
                        PeerDirectory.literal(address),
                        address.host(),
                        new Server(address, 1, false, false, 0),
                        upstream.loops()));
    }

    /** The pool's {@code pm.status_listen}, if it has one. */
    Optional<Peer> statusPeer() {
        return statusPeer;
    }

    /** Whether evidence may be had for such a failure. */
    boolean helps(Cause cause) {
        return Finding.helps(cause);
    }

    /**
     * Finds evidence; {@code then} is told on this thread, at once or within {@link #PATIENCE}.
     *
     * @param ageNanos how long the failed attempt had lasted
     */
    void examine(IoLoop loop, Peer peer, Cause cause, long ageNanos, Consumer<List<Evidence>> then) {
        Examination current = latest.get(peer);
        if (current == null || current.stale()) {
            latest.values().removeIf(each -> each.peer != peer && each.stale()); // names may have moved on
            current = latest.compute(
                    peer, (p, before) -> before == null || before.stale() ? new Examination(loop, p) : before);
        }
        Examination examined = current;
        examined.await(loop, seen -> then.accept(examined.evidence(cause, ageNanos, seen)));
    }

    /** One look around one peer. Begun by one IO thread, joined by others. */
    private final class Examination implements StatusProbe.Answer {
        private final IoLoop loop;
        private final Peer peer;
        private final long bornNanos = System.nanoTime();
        private volatile long freshNanos = FRESH.toNanos();
        private final Map<Cause, List<Evidence>> told = new ConcurrentHashMap<>();
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean begun;
        private @Nullable Observation local;
        private boolean statusKnown;
        private Optional<FpmStatus> status = Optional.empty();
        private String trouble = "";
        private @Nullable StatusProbe probe;
        private @Nullable Observation result;
        private final Deadline patience = new Deadline() {
            @Override
            protected void expired() {
                outOfPatience();
            }
        };

        Examination(IoLoop loop, Peer peer) {
            this.loop = loop;
            this.peer = peer;
        }

        /** A storm of failures says the same sentence each time: it is made once, unless it depends on their age. */
        List<Evidence> evidence(Cause cause, long ageNanos, Observation seen) {
            return Finding.dependsOnAge(cause, seen)
                    ? Finding.evidence(cause, ageNanos, seen)
                    : told.computeIfAbsent(cause, c -> List.copyOf(Finding.evidence(c, ageNanos, seen)));
        }

        boolean stale() {
            return System.nanoTime() - bornNanos > freshNanos;
        }

        void await(IoLoop asking, Consumer<Observation> then) {
            Observation known;
            boolean first;
            synchronized (this) {
                known = result;
                first = !begun;
                begun = true;
                if (known == null) {
                    waiting.add(() -> asking.execute(() -> then.accept(result())));
                }
            }
            if (known != null) {
                then.accept(known);
            } else if (first) {
                loop.execute(this::begin); // whoever comes first need not be on the thread that owns deadline and probe
            }
        }

        private synchronized @Nullable Observation result() {
            return result;
        }

        private void begin() {
            loop.deadlines().arm(patience, PATIENCE.toNanos());
            boolean php = site.isPresent();
            try {
                aside.execute(() -> {
                    long before = System.nanoTime();
                    Observation seen = look.at(peer.name(), peer.address(), php);
                    freshNanos = Math.max(freshNanos, WORTH * (System.nanoTime() - before));
                    loop.execute(() -> looked(seen));
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("no look around {}: too many are under way", peer.name());
            }
            if (statusPath().isEmpty()) {
                statusKnown = true;
            } else if (statusPeer.isPresent()) {
                ask(statusPeer.get());
            }
        }

        private String statusPath() {
            return site.map(FastCgiConfig::statusPath).orElse("");
        }

        private void ask(Peer pool) {
            probe = StatusProbe.start(upstream, pool, loop, statusPath(), this);
        }

        /** A saturated pool is not asked on its own socket: it would not answer, and the question takes a place. */
        private void looked(Observation seen) {
            if (result() != null) {
                return; // too late
            }
            local = seen;
            if (!statusKnown && statusPeer.isEmpty()) {
                if (seen.crowded()) {
                    statusKnown = true;
                    trouble = "not asked, the pool's own socket has a queue; pm.status_listen would answer now";
                } else {
                    ask(peer);
                }
            }
            settle();
        }

        @Override
        public void status(Optional<FpmStatus> answer, String why) {
            statusKnown = true;
            status = statusPeer.isPresent() ? answer : answer.map(FpmStatus::withoutThisQuestion);
            trouble = why;
            settle();
        }

        private void outOfPatience() {
            if (probe != null && !statusKnown) {
                probe.cancel();
            }
            if (!statusKnown) {
                trouble = "no answer within %d ms".formatted(PATIENCE.toMillis());
            }
            statusKnown = true;
            if (local == null) {
                local = Observation.nothing(peer.name());
            }
            settle();
        }

        private void settle() {
            if (local == null || !statusKnown) {
                return;
            }
            loop.deadlines().remove(patience);
            List<Runnable> told;
            synchronized (this) {
                if (result != null) {
                    return;
                }
                result = local.withStatus(status, trouble);
                told = List.copyOf(waiting);
                waiting.clear();
            }
            told.forEach(Runnable::run);
        }
    }
}
