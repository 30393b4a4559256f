package io.culprit.loop;

import org.jspecify.annotations.Nullable;

/**
 * A request of which a part is held until the rest comes, or a response until the client takes it: the first to go when
 * memory is short. Linked in the order of their beginning, responses in that of their last progress; owned by one IO thread.
 */
public abstract class Unfinished {
    @Nullable
    Unfinished before;

    @Nullable
    Unfinished after;

    boolean linked;

    /** Bytes that ending it would free. */
    protected abstract long held();

    /** Memory is short: ends it. */
    protected abstract void evict();

    /** The list of one IO thread, oldest first. */
    static final class Line {
        private @Nullable Unfinished oldest;
        private @Nullable Unfinished newest;

        void add(Unfinished one) {
            if (!one.linked) {
                one.linked = true;
                one.before = newest;
                one.after = null;
                if (newest == null) {
                    oldest = one;
                } else {
                    newest.after = one;
                }
                newest = one;
            }
        }

        void remove(Unfinished one) {
            if (one.linked) {
                one.linked = false;
                if (one.before == null) {
                    oldest = one.after;
                } else {
                    one.before.after = one.after;
                }
                if (one.after == null) {
                    newest = one.before;
                } else {
                    one.after.before = one.before;
                }
                one.before = null;
                one.after = null;
            }
        }

        /** Ends the oldest until that many bytes are free or nobody is left; @return how many were ended */
        int evict(long bytes) {
            int n = 0;
            long freed = 0;
            while (freed < bytes && oldest != null) {
                Unfinished first = oldest;
                remove(first);
                freed += Math.max(first.held(), LoopMemory.CONNECTION_BYTES); // its connection goes with it
                first.evict();
                n++;
            }
            return n;
        }
    }
}
