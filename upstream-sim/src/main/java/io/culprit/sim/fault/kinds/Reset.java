package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** RST at any point, as when a worker is killed. */
public final class Reset extends Breaking {
    @Override
    public String name() {
        return "reset";
    }

    @Override
    public String help() {
        return "reset the connection; at=accept|request|status|head|body|chunk, after=BYTES, size=BYTES";
    }

    @Override
    void strike(Wire wire, HttpRequest request, Spec spec) throws IOException {
        if (wire.written() > 0) {
            wire.sleep(50); // a reset overtakes what is not read yet
        }
        wire.reset();
    }
}
