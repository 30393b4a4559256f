package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Breaks the connection in the middle of the request's body. */
public final class BreakUpload implements Fault {
    @Override
    public String name() {
        return "break-upload";
    }

    @Override
    public String help() {
        return "break off while the request body comes in; after=BYTES (64k), how=reset|close";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        wire.in().readNBytes(spec.size("after", 64 * 1024));
        if (spec.text("how", "reset").equals("reset")) {
            wire.reset();
        } else {
            wire.closeGently();
        }
        return false;
    }
}
