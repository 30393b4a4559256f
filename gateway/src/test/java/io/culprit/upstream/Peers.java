package io.culprit.upstream;

import io.culprit.config.PeerAddress;
import io.culprit.config.UpstreamConfig.Server;
import java.net.InetSocketAddress;

/** Peers that nobody connects to. */
public final class Peers {
    private Peers() {}

    /** One on this port, with so many requests under way. */
    public static Peer of(int port, int weight, int active) {
        Peer peer = of(new Server(new PeerAddress("127.0.0.1", port, ""), weight, false, false, 0));
        for (int i = 0; i < active; i++) {
            peer.enter();
        }
        return peer;
    }

    /** One for two IO threads. */
    public static Peer of(Server server) {
        String name = server.address().toString();
        int port = server.address().port();
        return new Peer(
                name,
                name,
                new InetSocketAddress("127.0.0.1", port),
                server.address().host(),
                server,
                2);
    }
}
