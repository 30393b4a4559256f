package io.culprit.sim.script;

import io.culprit.sim.pool.WorkerKilledException;
import java.io.IOException;

/** One thing a script does; most are one small file each. Immutable: the same step runs in many workers. */
public interface Step {
    /**
     * Does it, on the worker's thread.
     *
     * @throws ScriptEndedException when the script goes no further
     * @throws WorkerKilledException when the worker does not survive it
     */
    void run(Php php) throws IOException;
}
