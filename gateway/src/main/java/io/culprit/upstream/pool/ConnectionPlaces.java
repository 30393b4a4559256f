package io.culprit.upstream.pool;

/**
 * The places that one connection takes: of all its upstream may have, and of those its server may have. Outlives whoever
 * opened the connection, and holds nothing of him. Owned by one thread at a time.
 */
public final class ConnectionPlaces {
    private final ConnectionBudget upstream;
    private final ConnectionBudget peer;
    private boolean ofUpstream;
    private boolean ofPeer;

    /** No place yet. */
    public ConnectionPlaces(ConnectionBudget upstream, ConnectionBudget peer) {
        this.upstream = upstream;
        this.peer = peer;
    }

    /** A place of the upstream's was acquired for it. */
    public void upstreamPlace() {
        ofUpstream = true;
    }

    /** A place of the server's was acquired for it. */
    public void peerPlace() {
        ofPeer = true;
    }

    /** Gives back what it has. Idempotent. */
    public void release() {
        boolean peerToo = ofPeer;
        boolean upstreamToo = ofUpstream;
        ofPeer = false;
        ofUpstream = false;
        if (peerToo) {
            peer.release();
        }
        if (upstreamToo) {
            upstream.release();
        }
    }
}
