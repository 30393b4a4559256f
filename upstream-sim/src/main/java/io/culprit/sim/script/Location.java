package io.culprit.sim.script;

/** A redirect. */
record Location(String url) implements Step {
    @Override
    public void run(Php php) {
        php.status(302);
        php.header("Location: " + url);
    }
}
