package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** Interim responses before the final one, a few or a storm. */
public final class Interim implements Fault {
    @Override
    public String name() {
        return "interim";
    }

    @Override
    public String help() {
        return "interim responses first; count=N (1), status=100|103 (100), close=true";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        RequestReader.body(wire.in(), request);
        int status = spec.number("status", 100);
        String head = status == 103
                ? "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
                : "HTTP/1.1 " + status + " Continue\r\n\r\n";
        boolean close = spec.text("close", "false").equals("true");
        // In one write, so that nobody's reading of it depends on how the segments fall.
        wire.send(head.repeat(spec.number("count", 1))
                + Response.head(200, (close ? "Connection: close\r\n" : "") + "Content-Length: 5") + "hello");
        if (close) {
            wire.closeGently();
        }
        return !close;
    }
}
