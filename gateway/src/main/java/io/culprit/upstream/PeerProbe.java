package io.culprit.upstream;

import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.exchange.UpstreamConnection;

/** One request to one given peer, live or not, on a connection of its own. Owned by one IO thread. */
public final class PeerProbe implements AttemptListener {
    private final UpstreamRequest request;
    private final ResponseListener listener;
    private final AttemptTimer timer = new AttemptTimer();

    private PeerProbe(UpstreamRequest request, ResponseListener listener) {
        this.request = request;
        this.listener = listener;
    }

    /** Starts the probe; {@code listener} hears of the end. */
    public static void start(
            Upstream upstream, Peer peer, IoLoop loop, UpstreamRequest request, ResponseListener listener) {
        var probe = new PeerProbe(request, listener);
        probe.timer.start(peer.name());
        probe.timer.connecting();
        new Connector(upstream, peer, loop, false, probe::use, probe::attemptFailed).start();
    }

    private void use(UpstreamConnection connection) {
        connection.begin(request, listener, this, timer);
    }

    @Override
    public void attemptComplete(Failure warning) {
        listener.complete(warning);
    }

    @Override
    public void attemptFailed(Failure failure) {
        listener.failed(failure, "");
    }

    @Override
    public boolean refuses(int status) {
        return false;
    }
}
