package io.culprit.sim.script;

import java.io.IOException;

/** PHP gives up: 500 while nothing was sent, a silently short 200 afterwards (facts: B04 to B06). */
record Fatal(String message) implements Step {
    @Override
    public void run(Php php) throws IOException {
        php.fatal(message);
    }
}
