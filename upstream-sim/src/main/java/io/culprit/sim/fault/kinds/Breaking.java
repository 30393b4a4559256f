package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Point;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** What reset, close and stall have in common: they let an ordinary response run up to a point, then strike. */
abstract class Breaking implements Fault {
    static final int BODY = 100;

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        Point at = spec.at(Point.REQUEST);
        int size = spec.size("size", BODY);
        int after = spec.size("after", at == Point.BODY || at == Point.CHUNK ? 17 : 20);
        if (at != Point.ACCEPT) {
            RequestReader.body(wire.in(), request);
        }
        String head = Response.head(200, at == Point.CHUNK ? "Transfer-Encoding: chunked" : "Content-Length: " + size);
        switch (at) {
            case ACCEPT, REQUEST -> {}
            case STATUS -> wire.send(head.substring(0, 7));
            case HEAD -> wire.send(head.substring(0, Math.min(after, head.length() - 1)));
            case BODY -> {
                wire.send(head).send(Response.body(Math.min(after, size)));
                wire.sleep(spec.millis("delay", 0));
            }
            case CHUNK -> wire.send(head).send(Response.chunk(Response.body(after)));
        }
        strike(wire, request, spec);
        return false;
    }

    abstract void strike(Wire wire, HttpRequest request, Spec spec) throws IOException;
}
