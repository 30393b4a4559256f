package io.culprit.upstream.exchange;

import io.culprit.loop.IoLoop;
import io.culprit.loop.LoopMemory;

/**
 * What a connection to an upstream weighs in the {@link io.culprit.loop.MemoryBudget}: itself, and the head its upstream
 * sends, as long as either is held. Owned by the connection's thread.
 */
final class ConnectionWeight {
    private final IoLoop loop;
    private final ResponseReader reader;
    private int counted;
    private boolean lifted;

    ConnectionWeight(IoLoop loop, ResponseReader reader) {
        this.loop = loop;
        this.reader = reader;
        update();
    }

    /** What the reader holds may have changed. */
    void update() {
        count(lifted ? 0 : LoopMemory.UPSTREAM_BYTES + reader.held());
    }

    /** The connection is no more. Idempotent. */
    void lift() {
        lifted = true;
        count(0);
    }

    private void count(int now) {
        if (now != counted) {
            loop.memory().heap(now - counted);
            counted = now;
        }
    }
}
