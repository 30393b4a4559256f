package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Silence at any point. */
public final class Stall extends Breaking {
    @Override
    public String name() {
        return "stall";
    }

    @Override
    public String help() {
        return "send nothing more; at=accept|request|status|head|body|chunk, after=BYTES, for=DURATION (10m)";
    }

    @Override
    void strike(Wire wire, HttpRequest request, Spec spec) throws IOException {
        wire.hang(spec.millis("for", 600_000));
        wire.close();
    }
}
