package io.culprit.upstream;

import io.culprit.failure.Failure;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The peers of an upstream at one moment, immutable. Replaced as a whole when names resolve to something else; peers
 * whose address stays keep their state.
 *
 * @param primaries peers used first
 * @param backups peers used when no primary can be
 * @param nameFailure why a name has no address, where one of them has none
 */
public record PeerGroup(List<Peer> primaries, List<Peer> backups, Optional<Failure> nameFailure) {
    /** All of them, primaries first. */
    public List<Peer> all() {
        return Stream.concat(primaries.stream(), backups.stream()).toList();
    }

    int size() {
        return primaries.size() + backups.size();
    }

    /** nginx counts a group of one differently: its peer is never ejected and never retried. */
    boolean single() {
        return size() == 1;
    }

    /** Attempts nginx makes by default: one per peer that is not down. */
    int tries() {
        int n = 0;
        for (Peer peer : primaries) {
            n += peer.down() ? 0 : 1;
        }
        for (Peer peer : backups) {
            n += peer.down() ? 0 : 1;
        }
        return n;
    }
}
