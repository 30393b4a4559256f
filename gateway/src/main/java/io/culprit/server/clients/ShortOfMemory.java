package io.culprit.server.clients;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget;

/** Says why a request is refused for want of memory: all of it is used, or this client's share of it. Stateless. */
public final class ShortOfMemory {
    private ShortOfMemory() {}

    /**
     * @param wanted what was refused, such as "a request body of 1000000 bytes"
     */
    public static Failure failure(MemoryAccount account, IoLoop loop, String wanted) {
        MemoryBudget budget = loop.memory().budget();
        return Failure.of(
                Cause.GATEWAY_MEMORY,
                account.overShare()
                        ? "no memory for %s: this client's address holds %d bytes, its share of limits.memory is %d"
                                .formatted(wanted, account.heldByClient(), budget.clientLimit())
                        : "no memory for %s: %d of %d bytes of heap and %d of %d of direct memory are held for clients"
                                .formatted(
                                        wanted,
                                        budget.heapUsed(),
                                        budget.heapLimit(),
                                        budget.directUsed(),
                                        budget.directLimit()));
    }
}
