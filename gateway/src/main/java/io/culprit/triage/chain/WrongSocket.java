package io.culprit.triage.chain;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.classify.Program;
import io.culprit.triage.tally.Failed;
import java.util.Optional;
import java.util.Set;

/**
 * The web server asks for a socket that is not there while FPM is well: the path is wrong, most often after an upgrade of PHP. Rests
 * on "No such file" for all requests, and on an FPM log of the time that tells of no stop.
 */
final class WrongSocket implements Chain {
    @Override
    public Optional<Link> find(Evidence e) {
        Optional<Failed> missing =
                e.failed(Set.of(Cause.CONNECT_SOCKET_MISSING)).stream().findFirst();
        if (missing.isEmpty()
                || !e.events(Condition.UPSTREAM_RESTART).stream()
                        .filter(h -> h.program() == Program.PHP_FPM)
                        .toList()
                        .isEmpty()) {
            return Optional.empty();
        }
        Failed failed = missing.get();
        boolean seen = e.isComplete() && e.tally().programs().containsKey(Program.PHP_FPM)
                || e.tally().programs().containsKey(Program.PHP_FPM_ACCESS);
        String socket = failed.upstreams().first();
        Link.Builder link = Link.of(Cause.CONNECT_SOCKET_MISSING)
                .requests(failed.requests())
                .because(
                        "from %s on the web server asks for %s, which is not there%s",
                        failed.first() == Long.MAX_VALUE ? "the first line" : e.time(failed.first()),
                        socket.isEmpty() ? "a socket" : socket,
                        seen ? ", while PHP-FPM's log tells of no stop: it listens elsewhere" : "")
                .proof(failed.exhibits()
                        .subList(0, Math.min(2, failed.exhibits().size())))
                .notProven(
                        seen
                                ? "where PHP-FPM listens: grep ^listen in its pool files"
                                : "whether PHP-FPM runs: its log is not among these files")
                .notThis("It is neither overload nor a matter of rights: the file does not exist")
                .fix(Fix.of("Name the socket that PHP-FPM listens on, and reload")
                        .change(
                                "nginx",
                                "fastcgi_pass " + (socket.isEmpty() ? "unix:/run/php/OLD.sock" : socket) + ";",
                                "fastcgi_pass unix:/run/php/php-fpm.sock;   # what \"listen\" says in pool.d"));
        return Optional.of(
                (seen ? link.blame(Blame.CONFIG).notThis("PHP-FPM need not be restarted: it is well") : link).build());
    }
}
