package io.culprit.upstream;

import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.exchange.UpstreamConnection;
import io.culprit.upstream.request.UpstreamRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request to one given peer, live or not, on a connection of its own. Owned by one IO thread. */
public final class PeerProbe implements AttemptListener {
    private final Upstream upstream;
    private final Peer peer;
    private final IoLoop loop;
    private final UpstreamRequest request;
    private final ResponseListener listener;
    private final AttemptTimer timer = new AttemptTimer();
    private @Nullable Connector connector;
    private @Nullable UpstreamConnection connection;
    private boolean ended;

    /**
     * @param listener hears of the end, unless the probe is cancelled before
     */
    public PeerProbe(Upstream upstream, Peer peer, IoLoop loop, UpstreamRequest request, ResponseListener listener) {
        this.upstream = upstream;
        this.peer = peer;
        this.loop = loop;
        this.request = request;
        this.listener = listener;
    }

    /** Starts it; once. */
    public void start() {
        timer.start(peer.name());
        timer.connecting();
        Connector fresh = new Connector(
                upstream, peer, loop, Optional.empty(), false, this::use, this::use, kept -> true, this::attemptFailed);
        connector = fresh;
        fresh.onHandshake(timer::handshaking);
        fresh.start();
    }

    /** Nobody waits for the answer any more. Idempotent. */
    public void cancel() {
        if (ended) {
            return;
        }
        ended = true;
        if (connection != null) {
            connection.cancel();
        } else if (connector != null) {
            connector.cancel();
        }
    }

    private void use(UpstreamConnection fresh) {
        connection = fresh;
        fresh.begin(request, listener, this, timer);
    }

    @Override
    public void attemptComplete(@Nullable Failure warning) {
        ended = true;
        listener.complete(warning);
    }

    @Override
    public void attemptFailed(Failure failure) {
        if (!ended) {
            ended = true;
            listener.failed(failure, "");
        }
    }

    @Override
    public boolean refuses(int status) {
        return false;
    }
}
