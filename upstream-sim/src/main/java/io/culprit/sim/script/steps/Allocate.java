package io.culprit.sim.script.steps;

import io.culprit.sim.pool.WorkerKilledException;
import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import java.io.IOException;

/** Memory of one request; beyond {@code memory_limit} PHP gives up (facts: B07). */
public record Allocate(long bytes) implements Step {
    @Override
    public void run(Php php) throws IOException {
        long limit = php.pool().config().memory().limit();
        if (limit > 0 && php.worker().allocated() + bytes > limit) {
            php.fatal("Allowed memory size of %d bytes exhausted (tried to allocate %d bytes)".formatted(limit, bytes));
        }
        php.worker().allocate(bytes);
        if (php.worker().killed()) {
            throw new WorkerKilledException();
        }
    }
}
