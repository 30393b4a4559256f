package io.culprit.loop;

import java.io.IOException;

/** The system does not give as many threads as are needed from the start. */
public final class NoThreadsException extends IOException {
    /** What is wrong and what to do. */
    public static final String ADVICE =
            "the system gives no more threads: raise ulimit -u, systemd's TasksMax or the container's pids limit, or lower io_threads";

    NoThreadsException(Throwable why) {
        super(ADVICE, why);
    }
}
