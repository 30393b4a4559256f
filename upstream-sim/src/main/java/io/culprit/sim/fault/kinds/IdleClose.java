package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Answers well, then ends the kept connection while it is idle, or as the next request arrives. */
public final class IdleClose implements Fault {
    @Override
    public String name() {
        return "idle-close";
    }

    @Override
    public String help() {
        return "answer, then end the kept connection; after=DURATION (0ms) or on=next request, how=close|reset";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        RequestReader.body(wire.in(), request);
        wire.send(Response.head(200, "Content-Length: 5")).send("hello");
        if (spec.text("on", "").equals("next")) {
            RequestReader.head(wire.in());
        } else {
            wire.sleep(spec.millis("after", 0));
        }
        if (spec.text("how", "close").equals("reset")) {
            wire.reset();
        } else {
            wire.close();
        }
        return false;
    }
}
