package io.culprit.sim.script;

import io.culprit.sim.fault.FastCgiFaults;
import java.io.IOException;

/** A response that breaks FastCGI's rules, byte for byte. */
record Raw(String name) implements Step {
    Raw {
        if (!FastCgiFaults.names().contains(name)) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is none of " + String.join(" ", FastCgiFaults.names()));
        }
    }

    @Override
    public void run(Php php) throws IOException {
        FastCgiFaults.play(name, php.worker());
        php.rawSent();
    }
}
