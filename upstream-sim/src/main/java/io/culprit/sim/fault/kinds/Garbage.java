package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Bytes that are no protocol at all. */
public final class Garbage implements Fault {
    @Override
    public String name() {
        return "garbage";
    }

    @Override
    public String help() {
        return "answer with bytes that are not HTTP; size=BYTES";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        RequestReader.body(wire.in(), request);
        byte[] bytes = new byte[spec.size("size", 256)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        wire.send(bytes).closeGently();
        return false;
    }
}
