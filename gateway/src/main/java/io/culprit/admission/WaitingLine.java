package io.culprit.admission;

import org.jspecify.annotations.Nullable;

/**
 * A first-in-first-out queue with removal from the middle, every operation in constant time however long it is. Not
 * thread-safe: {@link Admission} holds its lock around every call.
 */
final class WaitingLine {
    private @Nullable Waiting head;
    private @Nullable Waiting tail;
    private int size;

    int size() {
        return size;
    }

    void append(Waiting waiting) {
        waiting.ahead = tail;
        if (tail == null) {
            head = waiting;
        } else {
            tail.behind = waiting;
        }
        tail = waiting;
        size++;
    }

    /** Takes the longest waiting out, null when nobody waits. */
    @Nullable
    Waiting pollFirst() {
        Waiting first = head;
        if (first != null) {
            remove(first);
        }
        return first;
    }

    void remove(Waiting waiting) {
        if (waiting.ahead == null) {
            head = waiting.behind;
        } else {
            waiting.ahead.behind = waiting.behind;
        }
        if (waiting.behind == null) {
            tail = waiting.ahead;
        } else {
            waiting.behind.ahead = waiting.ahead;
        }
        waiting.ahead = null;
        waiting.behind = null;
        size--;
    }
}
