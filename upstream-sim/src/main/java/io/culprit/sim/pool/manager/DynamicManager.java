package io.culprit.sim.pool.manager;

import io.culprit.sim.pool.Pool;
import io.culprit.sim.pool.PoolConfig;

/**
 * {@code pm = dynamic}: keeps the number of idle workers between two bounds. Spawns at a rate that doubles from tick to
 * tick while there are too few, ends one a tick while there are too many (facts: php-fpm, process manager).
 */
final class DynamicManager implements ProcessManager {
    private static final int FASTEST = 32;
    private static final int BUSY_RATE = 8;

    private final Pool pool;
    private int rate = 1;
    private boolean warned;

    DynamicManager(Pool pool) {
        this.pool = pool;
    }

    @Override
    public void start() {
        pool.spawn(pool.config().startServers());
    }

    @Override
    public void tick(int idle) {
        PoolConfig config = pool.config();
        if (idle > config.maxSpareServers()) {
            pool.reapOldestIdle();
            rate = 1;
        } else if (idle < config.minSpareServers()) {
            tooFew(idle);
        } else {
            rate = 1;
        }
    }

    private void tooFew(int idle) {
        PoolConfig config = pool.config();
        int total = pool.size();
        if (total >= config.maxChildren()) {
            if (!warned) {
                warned = true;
                pool.maxChildrenReached("server reached pm.max_children setting (%d), consider raising it"
                        .formatted(config.maxChildren()));
            }
            rate = 1;
            return;
        }
        if (rate >= BUSY_RATE) {
            pool.warning(("seems busy (you may need to increase pm.start_servers, or pm.min/max_spare_servers),"
                            + " spawning %d children, there are %d idle, and %d total children")
                    .formatted(rate, idle, total));
        }
        warned = false;
        pool.spawn(Math.min(Math.min(rate, config.minSpareServers() - idle), config.maxChildren() - total));
        rate = Math.min(FASTEST, rate * 2);
    }
}
