package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** More bytes than Content-Length announced. */
public final class Excess implements Fault {
    @Override
    public String name() {
        return "excess";
    }

    @Override
    public String help() {
        return "send more than Content-Length says; excess=BYTES (10)";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        RequestReader.body(wire.in(), request);
        String tail = "x".repeat(spec.size("excess", 10));
        wire.send(Response.head(200, "Content-Length: 5") + "hello" + tail).closeGently();
        return false;
    }
}
