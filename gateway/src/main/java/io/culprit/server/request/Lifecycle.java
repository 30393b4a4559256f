package io.culprit.server.request;

/** Whether the gateway runs, comes to its end, or stops at once. Thread-safe; goes forward only. */
public final class Lifecycle {
    private enum State {
        RUNNING,
        LEAVING,
        DRAINING,
        STOPPING
    }

    private volatile State state = State.RUNNING;

    /** Whether clients should go elsewhere: load balancers are told so, and so are clients of HTTP/1.1 with each answer. */
    public boolean leaving() {
        return state != State.RUNNING;
    }

    /** Whether connections end with the requests that run on them. */
    public boolean draining() {
        return state == State.DRAINING || state == State.STOPPING;
    }

    /** Whether requests are answered with {@code gateway.stopping} and not begun. */
    public boolean stopping() {
        return state == State.STOPPING;
    }

    /** Readiness says no from now on. */
    public void leave() {
        advance(State.LEAVING);
    }

    /** No further client is accepted; running requests finish. */
    public void drain() {
        advance(State.DRAINING);
    }

    /** Everything ends now. */
    public void stop() {
        advance(State.STOPPING);
    }

    private synchronized void advance(State to) {
        if (to.compareTo(state) > 0) {
            state = to;
        }
    }
}
