package io.culprit.loop;

import io.culprit.loop.MemoryBudget.Level;
import java.util.Optional;

/**
 * What one client's connection holds beyond its own weight, counted into the share of the client's address: a single client
 * must not use up what all live on. Connections that hold nothing never touch anything shared. Owned by one IO thread.
 */
public final class MemoryAccount {
    private final IoLoop loop;
    private final Optional<byte[]> address;
    private Optional<MemoryBudget.Share> share = Optional.empty();
    private long held;
    private boolean closed;

    /**
     * @param address of the client, 4 or 16 bytes; empty where no share bounds it, such as for a trusted proxy, behind which
     *     there are many
     */
    public MemoryAccount(IoLoop loop, Optional<byte[]> address) {
        this.loop = loop;
        this.address = address;
    }

    /** Bytes held now. */
    public long held() {
        return held;
    }

    /** Counts bytes of heap, as {@link LoopMemory#heap} does, for this client. */
    public void heap(long bytes) {
        loop.memory().heap(bytes);
        add(bytes);
    }

    /** Counts bytes in buffers of the loop, which it has counted already. */
    public void buffers(long bytes) {
        add(bytes);
    }

    private void add(long bytes) {
        held += bytes;
        if (address.isPresent() && !closed) {
            if (share.isEmpty()) {
                share = Optional.of(loop.memory().budget().join(address.get()));
            }
            share.get().add(bytes);
        }
    }

    /** Bytes the client's address holds over all its connections. */
    public long heldByClient() {
        return share.map(MemoryBudget.Share::held).orElse(held);
    }

    /** Whether the client's address holds more than its share. */
    public boolean overShare() {
        return share.isPresent() && share.get().held() > loop.memory().budget().clientLimit();
    }

    /** Whether memory is to be spared for this client. */
    public boolean reached(Level level) {
        return loop.memory().budget().reached(level) || overShare();
    }

    /** The connection is over and holds nothing any more. Idempotent. */
    public void close() {
        if (held != 0) {
            add(-held);
        }
        closed = true;
        if (share.isPresent()) {
            share = Optional.empty();
            loop.memory().budget().leave(address.get());
        }
    }
}
