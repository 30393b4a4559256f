package io.culprit.sim.pool.manager;

import io.culprit.sim.pool.Pool;

/**
 * {@code pm = ondemand}: no worker until a connection waits, and none after {@code process_idle_timeout}, one a tick
 * (facts: php-fpm, process manager).
 */
final class OndemandManager implements ProcessManager {
    private final Pool pool;
    private boolean warned;

    OndemandManager(Pool pool) {
        this.pool = pool;
    }

    @Override
    public void start() {
        // nobody asked yet
    }

    @Override
    public void connectionWaits() {
        int most = pool.config().maxChildren();
        if (pool.size() >= most) {
            if (!warned) {
                warned = true;
                pool.maxChildrenReached(
                        "server reached max_children setting (%d), consider raising it".formatted(most));
            }
            return;
        }
        warned = false;
        pool.spawn(1);
    }

    @Override
    public void tick(int idle) {
        pool.reapIdleSince(pool.config().processIdleTimeout().toNanos());
    }
}
