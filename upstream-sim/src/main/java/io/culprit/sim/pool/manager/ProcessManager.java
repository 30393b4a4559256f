package io.culprit.sim.pool.manager;

import io.culprit.sim.pool.Pool;

/** How many workers there are and when. All calls come from the master's thread. */
public interface ProcessManager {
    /** The pool starts: its first workers. */
    void start();

    /** Once a second. */
    void tick(int idle);

    /** A connection waits and no worker is free; only ondemand asks for this. */
    default void connectionWaits() {
        // the other managers wait for their tick
    }

    static ProcessManager of(Pool pool) {
        return switch (pool.config().pm()) {
            case STATIC -> new StaticManager(pool);
            case DYNAMIC -> new DynamicManager(pool);
            case ONDEMAND -> new OndemandManager(pool);
        };
    }
}
