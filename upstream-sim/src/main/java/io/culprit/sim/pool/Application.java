package io.culprit.sim.pool;

import io.culprit.sim.protocol.Output;
import io.culprit.sim.protocol.ScriptRequest;
import java.io.IOException;

/** What runs in the workers of all pools: PHP. Thread-safe. */
public interface Application {
    /** Whether the answer to this begins before the request's body was read. */
    boolean answersEarly(ScriptRequest request);

    /**
     * Runs one request on its worker's thread, to its end, whatever that is; the response is then complete but for {@link
     * Output#end}.
     *
     * @return false when the response was written by hand, and the connection goes with it
     * @throws WorkerKilledException when the worker does not survive it
     */
    boolean run(Pool pool, Worker worker, ScriptRequest request, Output output) throws IOException;

    /**
     * Opens {@code pm.status_listen}, a pool's status page on a socket of its own.
     *
     * @param listen {@code /path} or {@code host:port}
     * @return what closes it
     * @throws IOException when it cannot be bound
     */
    Runnable listenForStatus(String listen, Pool pool) throws IOException;
}
