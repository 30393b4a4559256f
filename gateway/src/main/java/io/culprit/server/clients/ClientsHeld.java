package io.culprit.server.clients;

import io.culprit.loop.MemoryBudget;

/**
 * What is held for clients at one moment beside what there may be. Immutable.
 *
 * @param connections open
 * @param most that may be open ({@code limits.connections})
 * @param idle of them, which go first when more come
 * @param memoryPercent of the memory for clients ({@code limits.memory}), heap or direct memory, whichever is shorter
 * @param paused whether nobody is accepted until somebody leaves
 * @param sparing what is done about the memory that is held, such as {@code NO_BODIES}
 */
public record ClientsHeld(
        int connections, int most, int idle, long memoryPercent, boolean paused, MemoryBudget.Level sparing) {
    /** What is held now. */
    public static ClientsHeld of(Clients clients, MemoryBudget memory) {
        return new ClientsHeld(
                clients.count(),
                clients.most(),
                clients.idleCount(),
                memory.percent(),
                clients.paused(),
                memory.level());
    }
}
