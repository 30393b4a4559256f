package io.culprit.proof.fpm;

import java.nio.file.Path;
import java.util.List;

/** A PHP-FPM with one pool on a unix socket, the real one or the simulated one: experiments do not know which. */
interface Fpm extends AutoCloseable {
    Path socket();

    /** Lines of its log without times, with process ids and figures still in. */
    List<String> log();

    /** Sends the master a signal: USR2, QUIT, TERM or KILL. */
    void signal(String name) throws Exception;

    /** Sends one worker that runs a script a signal. */
    void killBusyWorker(String name) throws Exception;

    @Override
    void close() throws Exception;

    /** What the experiments vary; the names are FPM's. */
    record Settings(
            String pm,
            int maxChildren,
            int backlog,
            int startServers,
            int minSpare,
            int maxSpare,
            int idleTimeout,
            int maxRequests,
            int terminateTimeout,
            int slowlogTimeout,
            int controlTimeout) {
        static Settings fixed(int children, int backlog) {
            return new Settings("static", children, backlog, 1, 1, 1, 10, 0, 0, 0, 0);
        }

        Settings maxRequests(int n) {
            return new Settings(
                    pm, maxChildren, backlog, startServers, minSpare, maxSpare, idleTimeout, n, 0, 0, controlTimeout);
        }

        Settings timeouts(int terminate, int slow) {
            return new Settings(
                    pm,
                    maxChildren,
                    backlog,
                    startServers,
                    minSpare,
                    maxSpare,
                    idleTimeout,
                    maxRequests,
                    terminate,
                    slow,
                    controlTimeout);
        }

        Settings control(int seconds) {
            return new Settings(
                    pm,
                    maxChildren,
                    backlog,
                    startServers,
                    minSpare,
                    maxSpare,
                    idleTimeout,
                    maxRequests,
                    0,
                    0,
                    seconds);
        }
    }
}
