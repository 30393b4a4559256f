package io.culprit.server.http2;

/**
 * Bounds what a client may have done for it that brings no request forward: control frames, empty ones, and streams that it
 * resets. Two leaky buckets; useful frames pay back a part. Owned by one IO thread.
 */
final class FloodGuard {
    /** Control and empty frames that may come at once, and how many more in a second. */
    private static final int FRAMES = 1_000;

    private static final int FRAMES_PER_SECOND = 200;

    /** Resets of streams that may come at once, and how many more in a second. Browsers reset many when a page is left. */
    private static final int RESETS = 200;

    private static final int RESETS_PER_SECOND = 20;

    private double frames = FRAMES;
    private double resets = RESETS;
    private long lastNanos = System.nanoTime();

    /** A frame without use of its own. */
    void idleFrame(int type) throws ConnectionException {
        if (--frames < 0) {
            refill();
            if (frames < 0) {
                throw ConnectionException.flood(
                        "more than %d control or empty frames, %s the last".formatted(FRAMES, FrameType.shown(type)));
            }
        }
    }

    /** A stream that the client reset. */
    void reset() throws ConnectionException {
        if (--resets < 0) {
            refill();
            if (resets < 0) {
                throw ConnectionException.flood("more than %d streams were opened and reset".formatted(RESETS));
            }
        }
    }

    /** Bytes of a body that somebody wants. */
    void useful(int bytes) {
        frames = Math.min(FRAMES, frames + Math.min(2.0, bytes / 128.0));
    }

    /** A frame of a body that was sent: a client may open the windows of stream and connection again for each. */
    void sent() {
        frames = Math.min(FRAMES, frames + 4);
    }

    /** A request that was answered. */
    void answered() {
        frames = Math.min(FRAMES, frames + 4);
        resets = Math.min(RESETS, resets + 0.5);
    }

    private void refill() {
        long now = System.nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        lastNanos = now;
        frames = Math.min(FRAMES, frames + seconds * FRAMES_PER_SECOND);
        resets = Math.min(RESETS, resets + seconds * RESETS_PER_SECOND);
    }
}
