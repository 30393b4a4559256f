package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** What a TLS server says to a plain request: a fatal alert "protocol version". */
public final class TlsAlert implements Fault {
    private static final byte[] ALERT = {0x15, 3, 1, 0, 2, 2, 70};

    @Override
    public String name() {
        return "tls-alert";
    }

    @Override
    public String help() {
        return "answer with a TLS alert, as a TLS port does to plain HTTP";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        wire.send(ALERT).closeGently();
        return false;
    }
}
