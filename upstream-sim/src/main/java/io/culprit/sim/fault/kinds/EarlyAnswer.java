package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Answers before the request's body was read, as a server with a body limit does. */
public final class EarlyAnswer implements Fault {
    @Override
    public String name() {
        return "early";
    }

    @Override
    public String help() {
        return "answer before reading the body, then close; status=N (413), how=gentle|abrupt|reset";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        wire.send(Response.head(spec.number("status", 413), "Connection: close\r\nContent-Length: 5"))
                .send("hello");
        switch (spec.text("how", "gentle")) {
            case "gentle" -> wire.closeGently();
            case "abrupt" -> wire.close(); // the kernel resets, since there is unread data
            case "reset" -> {
                wire.sleep(50);
                wire.reset();
            }
            default -> throw new IllegalArgumentException("how: gentle, abrupt or reset was expected");
        }
        return false;
    }
}
