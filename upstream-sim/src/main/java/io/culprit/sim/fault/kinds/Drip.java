package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Point;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A response that comes byte by byte: its head, or only its body. */
public final class Drip implements Fault {
    @Override
    public String name() {
        return "drip";
    }

    @Override
    public String help() {
        return "send byte by byte; at=head|body, every=DURATION (150ms), size=BYTES (40)";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        RequestReader.body(wire.in(), request);
        int size = spec.size("size", 40);
        byte[] head = Response.head(200, "Content-Length: " + size).getBytes(StandardCharsets.ISO_8859_1);
        boolean inHead = spec.at(Point.HEAD) == Point.HEAD;
        long every = spec.millis("every", 150);
        if (inHead) {
            drip(wire, head, every);
            wire.send(Response.body(size));
        } else {
            wire.send(head);
            drip(wire, Response.body(size), every);
        }
        return true;
    }

    private static void drip(Wire wire, byte[] bytes, long every) throws IOException {
        for (byte b : bytes) {
            wire.send(new byte[] {b});
            wire.sleep(every);
        }
    }
}
