package io.culprit.sim.pool.manager;

import io.culprit.sim.pool.Pool;

/** {@code pm = static}: as many workers as may be, always; never a warning (facts: php-fpm, process manager). */
record StaticManager(Pool pool) implements ProcessManager {
    @Override
    public void start() {
        pool.spawn(pool.config().maxChildren());
    }

    @Override
    public void tick(int idle) {
        // workers that end are replaced at once; there is nothing else to do
    }
}
