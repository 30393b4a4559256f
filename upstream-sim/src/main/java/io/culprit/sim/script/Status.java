package io.culprit.sim.script;

/** Sets the response's status. */
record Status(int code) implements Step {
    @Override
    public void run(Php php) {
        php.status(code);
    }
}
