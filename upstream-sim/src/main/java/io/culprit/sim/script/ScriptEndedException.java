package io.culprit.sim.script;

/** The script ended before its last step: exit, a fatal error, an uncaught exception. */
final class ScriptEndedException extends RuntimeException {
    ScriptEndedException() {
        super("ended", null, false, false);
    }
}
