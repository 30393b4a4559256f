package io.culprit.upstream;

import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.evidence.FpmStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Asks a PHP-FPM pool's status page again and again, so that the minutes before a failure are known too. Owned by one IO
 * thread; what it found may be read by any.
 */
public final class PoolWatch {
    /** Answers kept per server: an hour at the default pace. */
    private static final int KEPT = 720;

    private final Upstream upstream;
    private final IoLoop loop;
    private final String path;
    private final Duration every;
    private final Optional<Peer> statusPeer;
    private final Map<String, Past> pasts = new ConcurrentSkipListMap<>();
    private volatile boolean stopped;
    private final Deadline next = new Deadline() {
        @Override
        protected void expired() {
            round();
        }
    };

    /**
     * What a status page said.
     *
     * @param epochMillis when
     */
    public record Reading(long epochMillis, FpmStatus status) {}

    /** The answers of one server, and whether a question is under way. */
    private static final class Past {
        private final Deque<Reading> readings = new ArrayDeque<>();
        private String trouble = "";
        private boolean asking;
    }

    /**
     * @param path the pool's {@code pm.status_path}
     * @param every pause between two questions
     */
    public PoolWatch(Upstream upstream, IoLoop loop, String path, Duration every) {
        this.upstream = upstream;
        this.loop = loop;
        this.path = path;
        this.every = every;
        this.statusPeer = upstream.examiner().statusPeer();
    }

    /** Begins to ask. */
    public void start() {
        loop.execute(this::round);
    }

    /** Asks no more. */
    public void stop() {
        stopped = true;
    }

    private void round() {
        if (stopped) {
            return;
        }
        loop.deadlines().arm(next, every.toNanos());
        if (statusPeer.isPresent()) {
            ask(statusPeer.get());
        } else {
            PeerGroup group = upstream.peers().group();
            group.primaries().forEach(this::ask);
            group.backups().forEach(this::ask);
        }
    }

    private void ask(Peer peer) {
        Past past = pasts.computeIfAbsent(peer.name(), n -> new Past());
        if (peer.down() || past.asking) {
            return;
        }
        past.asking = true;
        StatusProbe.start(upstream, peer, loop, path, (status, trouble) -> {
            past.asking = false;
            note(past, statusPeer.isPresent() ? status : status.map(FpmStatus::withoutThisQuestion), trouble);
        });
    }

    private static void note(Past past, Optional<FpmStatus> status, String trouble) {
        synchronized (past) {
            past.trouble = trouble;
            if (status.isPresent()) {
                past.readings.addLast(new Reading(System.currentTimeMillis(), status.get()));
                if (past.readings.size() > KEPT) {
                    past.readings.removeFirst();
                }
            }
        }
    }

    /** Servers that were asked. */
    public List<String> servers() {
        return List.copyOf(pasts.keySet());
    }

    /** What a server said, oldest first. */
    public List<Reading> readings(String server) {
        Past past = pasts.get(server);
        if (past == null) {
            return List.of();
        }
        synchronized (past) {
            return new ArrayList<>(past.readings);
        }
    }

    /** The latest answer of a server, empty while the last question went unanswered. */
    public Optional<FpmStatus> latest(String server) {
        Past past = pasts.get(server);
        if (past == null) {
            return Optional.empty();
        }
        synchronized (past) {
            return past.trouble.isEmpty()
                    ? Optional.ofNullable(past.readings.peekLast()).map(Reading::status)
                    : Optional.empty();
        }
    }

    /** Why a server did not answer the last question, empty when it did. */
    public String trouble(String server) {
        Past past = pasts.get(server);
        if (past == null) {
            return "";
        }
        synchronized (past) {
            return past.trouble;
        }
    }
}
