package io.culprit.upstream.evidence;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Phase;
import io.culprit.failure.Text;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a failure and an observation add up to: the one sentence an engineer would have written after a minute of looking
 * around, and the observations behind it. Stateless.
 */
public final class Finding {
    /** Failures that a look around can explain; others are explained by their own bytes. */
    private static final Set<Cause> EXPLAINED = EnumSet.of(
            Cause.CONNECT_REFUSED,
            Cause.CONNECT_TIMEOUT,
            Cause.CONNECT_SOCKET_MISSING,
            Cause.CONNECT_SOCKET_DENIED,
            Cause.CONNECT_BACKLOG_FULL,
            Cause.SEND_RESET,
            Cause.SEND_BROKEN_PIPE,
            Cause.SEND_TIMEOUT,
            Cause.HEAD_CLOSED,
            Cause.HEAD_CLOSED_ON_REUSE,
            Cause.HEAD_RESET,
            Cause.HEAD_TRUNCATED,
            Cause.HEAD_TIMEOUT,
            Cause.BODY_TRUNCATED,
            Cause.BODY_RESET,
            Cause.BODY_TIMEOUT,
            Cause.FASTCGI_TRUNCATED,
            Cause.FASTCGI_OVERLOADED);

    private Finding() {}

    /** Whether looking around can add anything to this failure. */
    public static boolean helps(Cause cause) {
        return EXPLAINED.contains(cause);
    }

    /** Whether two such failures may come out differently because one had lasted longer. */
    public static boolean dependsOnAge(Cause cause, Observation seen) {
        return cause.phase() != Phase.CONNECT && seen.status().isPresent();
    }

    /**
     * The sentence first, then what it rests on.
     *
     * @param ageNanos how long the failed attempt had lasted
     */
    public static List<Evidence> evidence(Cause cause, long ageNanos, Observation seen) {
        List<Evidence> all = new ArrayList<>(6);
        sentence(cause, ageNanos, seen).ifPresent(text -> all.add(new Evidence(Evidence.FINDING, text)));
        seen.status().ifPresent(status -> all.add(new Evidence("fpm", status.line())));
        if (!seen.statusTrouble().isEmpty()) {
            all.add(new Evidence("fpm", "the status page was asked: " + seen.statusTrouble()));
        }
        seen.socketFile().ifPresent(file -> all.add(new Evidence("socket", seen.peer() + " " + file.line())));
        seen.listener().ifPresent(found -> all.add(new Evidence("queue", queue(found))));
        seen.fpm().ifPresent(found -> all.add(new Evidence("processes", found.line())));
        seen.oom().ifPresent(text -> all.add(new Evidence("oom", text)));
        return all;
    }

    private static String queue(SocketTable.Listener found) {
        return found.listening()
                ? "%d connections accepted, %d waiting to be".formatted(found.accepted(), found.waiting())
                : "nobody listens";
    }

    /** Empty when nothing that was seen explains the failure. */
    static Optional<String> sentence(Cause cause, long ageNanos, Observation seen) {
        return switch (cause) {
            case CONNECT_SOCKET_MISSING -> missing(seen);
            case CONNECT_SOCKET_DENIED -> seen.socketFile().map(file -> denied(file, seen));
            case CONNECT_REFUSED -> refused(seen);
            case CONNECT_BACKLOG_FULL -> backlogFull(seen);
            case CONNECT_TIMEOUT, HEAD_TIMEOUT, FASTCGI_OVERLOADED, SEND_TIMEOUT, BODY_TIMEOUT -> slow(cause, seen);
            default -> died(ageNanos, seen);
        };
    }

    private static Optional<String> missing(Observation seen) {
        if (!seen.otherSockets().isEmpty()) {
            return Optional.of("%s does not exist, but somebody listens on %s: correct servers, or the pool's listen"
                    .formatted(seen.peer(), String.join(", ", seen.otherSockets())));
        }
        return seen.fpm()
                .map(fpm -> fpm.alive()
                        ? "%s does not exist although php-fpm runs: its pool listens elsewhere; compare the pool's listen with servers"
                                .formatted(seen.peer())
                        : "%s does not exist and no php-fpm runs: start it".formatted(seen.peer()));
    }

    private static String denied(SocketFile file, Observation seen) {
        if (file.state() == SocketFile.State.HIDDEN) {
            return "%s lies behind a directory that %s may not search: open the directory, or run the gateway as another user"
                    .formatted(seen.peer(), System.getProperty("user.name"));
        }
        return ("%s belongs to %s with mode %s and we run as %s: set listen.owner, listen.group or listen.mode in the"
                        + " pool, or run the gateway in that group")
                .formatted(seen.peer(), file.owner(), file.mode(), System.getProperty("user.name"));
    }

    private static Optional<String> refused(Observation seen) {
        if (seen.socketFile()
                .filter(f -> f.state() == SocketFile.State.NOT_A_SOCKET)
                .isPresent()) {
            return Optional.of(
                    "%s is not a socket but an ordinary file: remove it and restart the pool".formatted(seen.peer()));
        }
        if (seen.listener().filter(found -> !found.listening()).isEmpty()) {
            return Optional.empty();
        }
        String state = seen.unix()
                ? "%s is a leftover: the file is there and nobody listens".formatted(seen.peer())
                : "nobody listens on %s".formatted(seen.peer());
        return Optional.of(state
                + seen.fpm()
                        .map(fpm -> fpm.master().isPresent()
                                ? "; php-fpm runs, so its pool listens elsewhere"
                                : "; no php-fpm master runs: start it, and look in its log why it ended")
                        .orElse("; start it, and look in its log why it ended")
                + oom(seen));
    }

    private static Optional<String> backlogFull(Observation seen) {
        return seen.listener()
                .filter(SocketTable.Listener::listening)
                .map(found ->
                        "backlog full: %s, %d waiting in a backlog of %d; raise pm.max_children or shorten requests"
                                .formatted(busy(seen, found), found.waiting(), Math.max(0, found.waiting() - 1)));
    }

    /** How many workers there are only the status page knows for sure; process titles do not say who listens where. */
    private static String busy(Observation seen, SocketTable.Listener found) {
        Optional<Long> total = seen.status()
                .map(FpmStatus::total)
                .or(() -> seen.fpm()
                        .filter(fpm -> fpm.workers().size() == 1)
                        .map(fpm -> (long) fpm.workers().values().iterator().next())
                        .filter(n -> n == found.accepted()));
        // In its first second FPM's own page may count fewer than the kernel has accepted for.
        return total.map(n -> "%d of %d workers busy".formatted(found.accepted(), Math.max(n, found.accepted())))
                .orElseGet(() -> Text.count(found.accepted(), "worker") + " busy");
    }

    private static Optional<String> slow(Cause cause, Observation seen) {
        Optional<SocketTable.Listener> queue = seen.listener().filter(SocketTable.Listener::listening);
        long waiting = Math.max(
                queue.map(SocketTable.Listener::waiting).orElse(0),
                seen.status().map(FpmStatus::listenQueue).orElse(0L).intValue());
        if (waiting > 0) {
            String workers = queue.map(found -> busy(seen, found) + ", ").orElse("");
            return Optional.of(("the pool is exhausted: %s%d waiting to be accepted; raise pm.max_children, shorten"
                            + " requests, or refuse earlier with max_connections")
                    .formatted(workers, waiting));
        }
        if (cause == Cause.CONNECT_TIMEOUT
                || cause == Cause.SEND_TIMEOUT
                || seen.status().isEmpty()) {
            return Optional.empty();
        }
        FpmStatus status = seen.status().get();
        return Optional.of(("the script itself was slow: %d of %d workers are busy and nobody waits; look at the pool's"
                        + " slow log (%d slow requests so far)")
                .formatted(status.active(), status.total(), status.slowRequests()));
    }

    private static Optional<String> died(long ageNanos, Observation seen) {
        if (seen.oom().isPresent()) {
            return Optional.of("the upstream's process may have been killed for want of memory: "
                    + seen.oom().get()
                    + (seen.fpm().isPresent() ? "; lower pm.max_children or the scripts' memory" : ""));
        }
        // FPM counts whole seconds: one that began to run while the request did was started or reloaded under it.
        boolean reloaded = seen.status()
                .filter(s -> s.startSince() >= 0 && s.startSince() * 1_000_000_000L <= ageNanos)
                .isPresent();
        if (reloaded) {
            return Optional.of(("php-fpm was started or reloaded %d s ago, which ends requests in flight unless"
                            + " process_control_timeout is set")
                    .formatted(seen.status().get().startSince()));
        }
        boolean listening =
                seen.listener().filter(SocketTable.Listener::listening).isPresent();
        if (listening || seen.status().isPresent()) {
            return seen.fpm()
                    .map(fpm -> "a worker ended in the middle of the request while the pool runs on: a crash, a kill or"
                            + " request_terminate_timeout; php-fpm's log says \"exited on signal\" or \"execution timed"
                            + " out\"");
        }
        return seen.listener()
                .flatMap(nobody -> seen.fpm())
                .map(fpm -> fpm.alive()
                        ? "nobody listens any more, and php-fpm's last processes are ending: it was stopped; start it"
                        : "nobody listens any more and no php-fpm runs: it ended under the request; start it, and look in"
                                + " its log why it ended");
    }

    private static String oom(Observation seen) {
        return seen.oom().map(text -> "; " + text).orElse("");
    }
}
