package io.culprit.upstream.evidence;

import java.util.List;
import java.util.Optional;

/**
 * What was seen around a peer right after it failed. Immutable.
 *
 * @param peer its name
 * @param unix whether it is a unix-domain socket
 * @param socketFile the socket's file; this and the following are empty for a peer on another machine
 * @param listener who listens there, as the kernel says
 * @param fpm php-fpm's processes, empty where that was not asked for
 * @param otherSockets sockets of the same kind that somebody does listen on
 * @param oom whether a process was killed for want of memory
 * @param status the pool's own figures, empty when it did not answer
 * @param statusTrouble why it did not, empty when it did or was not asked
 */
public record Observation(
        String peer,
        boolean unix,
        Optional<SocketFile> socketFile,
        Optional<SocketTable.Listener> listener,
        Optional<Processes.Fpm> fpm,
        List<String> otherSockets,
        Optional<String> oom,
        Optional<FpmStatus> status,
        String statusTrouble) {

    /** Whether connections wait to be accepted. */
    public boolean crowded() {
        return listener.filter(found -> found.waiting() > 0).isPresent();
    }

    /** Nothing could be looked at. */
    public static Observation nothing(String peer) {
        return new Observation(
                peer,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                "");
    }

    /** The same with the pool's answer. */
    public Observation withStatus(Optional<FpmStatus> answer, String trouble) {
        return new Observation(peer, unix, socketFile, listener, fpm, otherSockets, oom, answer, trouble);
    }
}
