package io.culprit.server.http2;

/** The streams reset last: frames for them may be on their way still. Owned by one IO thread. */
final class ResetStreams {
    private static final int MOST = 256;

    private int[] ids = {};
    private int next;

    void add(int id) {
        if (ids.length < MOST && next == ids.length) {
            ids = java.util.Arrays.copyOf(ids, Math.max(8, 2 * ids.length));
        }
        next %= ids.length;
        ids[next++] = id;
    }

    boolean contains(int id) {
        for (int each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }
}
