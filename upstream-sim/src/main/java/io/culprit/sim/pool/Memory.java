package io.culprit.sim.pool;

import java.util.Comparator;
import java.util.Optional;

/** The machine's memory as the workers of a pool use it; the kernel's OOM killer takes the largest. Thread-safe. */
public final class Memory {
    private final Pool pool;

    Memory(Pool pool) {
        this.pool = pool;
    }

    /** Bytes all workers weigh now; a dead one weighs nothing, also while it is not buried yet. */
    public long used() {
        return pool.workers().stream()
                .filter(worker -> !worker.killed())
                .mapToLong(Worker::rss)
                .sum();
    }

    /** A worker has grown. */
    void check() {
        long total = pool.config().memory().total();
        synchronized (this) {
            while (total > 0 && used() > total) {
                Optional<Worker> largest =
                        pool.workers().stream().filter(w -> !w.killed()).max(Comparator.comparingLong(Worker::rss));
                if (largest.isEmpty() || !largest.get().kill(Signal.KILL)) {
                    return;
                }
                pool.oomKilled(largest.get());
            }
        }
    }
}
