package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** A response head that is too large: one long header, or many short ones. */
public final class BigHead implements Fault {
    @Override
    public String name() {
        return "big-head";
    }

    @Override
    public String help() {
        return "a large response head; size=BYTES of one header (64k), or count=N headers";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        RequestReader.body(wire.in(), request);
        var extra = new StringBuilder();
        int count = spec.number("count", 0);
        if (count > 0) {
            for (int i = 0; i < count; i++) {
                extra.append("X-").append(i).append(": 1\r\n");
            }
        } else {
            extra.append("X-Big: ")
                    .append("a".repeat(spec.size("size", 64 * 1024)))
                    .append("\r\n");
        }
        wire.send(Response.head(200, extra + "Content-Length: 5")).send("hello");
        return true;
    }
}
