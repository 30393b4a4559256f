package io.culprit.upstream.dns;

import io.culprit.config.PeerAddress;
import io.culprit.failure.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host name or a service among an upstream's servers and its last answer. Asked for by the first request, and
 * from then on again whenever the TTL is over, so that no request after a pause goes to a server that has left; until a new answer
 * is there the old one serves. A name server that fails does not take known addresses away, an answer
 * that the name no longer exists does. Thread-safe.
 */
public final class NamedServer {
    private static final Logger LOG = LoggerFactory.getLogger(NamedServer.class);

    /** Names with a shorter TTL, 0 among them, are not asked for more often. */
    private static final long LEAST_MILLIS = 1_000;

    /** Pause between two questions while name servers fail. */
    private static final long FAILING_MILLIS = 5_000;

    private final NameService service;
    private final PeerAddress address;
    private final Runnable changed;
    private final List<Runnable> waiting = new ArrayList<>();
    private Optional<NameService.Answer> last = Optional.empty();
    private long validUntilNanos;
    private boolean asking;
    private boolean applying;
    private boolean failing;
    private boolean closed;

    /**
     * @param changed run on the resolver's thread when the answer is another
     */
    public NamedServer(NameService service, PeerAddress address, Runnable changed) {
        this.service = service;
        this.address = address;
        this.changed = changed;
    }

    /** The last answer, empty before the first. */
    public synchronized Optional<NameService.Answer> last() {
        return last;
    }

    /**
     * Asks if the answer is missing or old.
     *
     * @param then run once the first answer is there, on the resolver's thread; not run when there is one already
     * @return true when there is an answer, however old, and the servers are made of it
     */
    public boolean refresh(Runnable then) {
        boolean ask;
        boolean known;
        synchronized (this) {
            known = !applying
                    && last.isPresent()
                    && (last.get().failure().isEmpty() || System.nanoTime() - validUntilNanos < 0);
            ask = !asking && (last.isEmpty() || System.nanoTime() - validUntilNanos >= 0);
            asking |= ask;
            if (!known) {
                waiting.add(then);
            }
        }
        if (ask) {
            ask();
        }
        return known;
    }

    /** Asks no more by itself: nobody needs it any longer. Idempotent. */
    public synchronized void close() {
        closed = true;
    }

    private void askLater(long millis) {
        service.later(millis, () -> {
            boolean ask;
            synchronized (this) {
                ask = !closed && !asking && System.nanoTime() - validUntilNanos >= 0;
                asking |= ask;
            }
            if (ask) {
                ask();
            }
        });
    }

    private void ask() {
        try {
            (address.isService() ? service.resolveService(address.host()) : service.resolve(address.host()))
                    .exceptionally(e -> NameService.broken(address.host(), e))
                    .thenAccept(this::answered);
        } catch (RuntimeException e) {
            answered(NameService.broken(address.host(), e));
        }
    }

    private void answered(NameService.Answer answer) {
        boolean news;
        boolean again;
        long millis = Math.max(answer.ttl().toMillis(), answer.failure().isPresent() ? FAILING_MILLIS : LEAST_MILLIS);
        synchronized (this) {
            boolean usable = last.isPresent() && last.get().failure().isEmpty();
            asking = false;
            again = !closed;
            validUntilNanos = System.nanoTime()
                    + TimeUnit.MILLISECONDS.toNanos(answer.ttl().toMillis());
            boolean keepOld = answer.failure().isPresent()
                    && answer.failure().get().cause() != Cause.DNS_NOT_FOUND
                    && last.isPresent()
                    && last.get().failure().isEmpty();
            news = !keepOld
                    && (last.isEmpty()
                            || !last.get().endpoints().equals(answer.endpoints())
                            || !last.get().failure().equals(answer.failure()));
            if (!keepOld) {
                last = Optional.of(answer);
            } else if (!failing) {
                LOG.warn(
                        "{}; the known addresses stay in use",
                        answer.failure().get().detail());
            }
            failing = keepOld;
            applying = news && !usable;
        }
        try {
            if (news) {
                changed.run();
            }
        } finally {
            List<Runnable> told;
            synchronized (this) {
                applying = false; // not before the servers are there: who asks in between would find none
                told = List.copyOf(waiting);
                waiting.clear();
            }
            told.forEach(Runnable::run);
            if (again) {
                askLater(millis);
            }
        }
    }
}
