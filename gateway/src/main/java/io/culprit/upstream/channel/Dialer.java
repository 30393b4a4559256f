package io.culprit.upstream.channel;

import io.culprit.loop.IoLoop;
import java.io.IOException;
import java.net.SocketAddress;

/** Opens connections to peers: {@link UpstreamSocket#connect}, unless peers live in this process. */
@FunctionalInterface
public interface Dialer {
    /**
     * Starts connecting, on the loop's thread.
     *
     * @return {@link UpstreamChannel#connected} tells whether the connection stands already; else the handler is told
     * @throws IOException when it failed at once
     */
    UpstreamChannel connect(IoLoop loop, SocketAddress address, ChannelHandler handler) throws IOException;
}
