package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** FIN at any point, as when a server stops in an orderly way too early. */
public final class Close extends Breaking {
    @Override
    public String name() {
        return "close";
    }

    @Override
    public String help() {
        return "close the connection; at=accept|request|status|head|body|chunk, after=BYTES, size=BYTES";
    }

    @Override
    void strike(Wire wire, HttpRequest request, Spec spec) throws IOException {
        wire.closeGently();
    }
}
