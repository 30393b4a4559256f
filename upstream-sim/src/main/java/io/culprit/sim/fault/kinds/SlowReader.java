package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Reads a part of the request's body, then none: the sender's buffers fill up. */
public final class SlowReader implements Fault {
    @Override
    public String name() {
        return "slow-reader";
    }

    @Override
    public String help() {
        return "stop reading the request body; after=BYTES (0), for=DURATION (10m)";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        wire.in().readNBytes(spec.size("after", 0));
        wire.sleep(spec.millis("for", 600_000));
        wire.close();
        return false;
    }
}
