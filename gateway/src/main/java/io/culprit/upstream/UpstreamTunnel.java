package io.culprit.upstream;

import io.culprit.upstream.channel.UpstreamChannel;

/** The upstream's end of a tunnel. Owned by one IO thread. */
public interface UpstreamTunnel {
    /** The way to the upstream; whoever has the tunnel is its handler. */
    UpstreamChannel channel();

    /** Closes it and gives its places back. Idempotent. */
    void close();
}
