package io.culprit.sim.fault;

import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Answers before the request's body was read, as a server with a body limit does. */
final class EarlyAnswer implements Fault {
    @Override
    public String name() {
        return "early";
    }

    @Override
    public String help() {
        return "answer before reading the body, then close; status=N (413), reset=true for RST";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        wire.send(Response.head(spec.number("status", 413), "Connection: close\r\nContent-Length: 5")).send("hello");
        if (spec.text("reset", "false").equals("true")) {
            wire.sleep(50);
            wire.reset();
        } else {
            wire.closeGently();
        }
        return false;
    }
}
