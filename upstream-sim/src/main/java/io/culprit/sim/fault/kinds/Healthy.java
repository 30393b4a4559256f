package io.culprit.sim.fault.kinds;

import io.culprit.sim.fault.Delay;
import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Response;
import io.culprit.sim.fault.Spec;
import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.RequestReader;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No fault: the ordinary answer, of any status, size and duration. */
public final class Healthy implements Fault {
    private static final int PIECE = 16 * 1024;

    @Override
    public String name() {
        return "none";
    }

    @Override
    public String help() {
        return "an ordinary answer; status=N, size=BYTES, delay=DURATION|uniform(a,b)|exponential(m)|normal(m,d), "
                + "framing=length|chunked|close, close=true, header=NAME:VALUE";
    }

    @Override
    public boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException {
        HttpRequest whole = RequestReader.body(wire.in(), request);
        wire.sleep(Delay.draw(spec.text("delay", "")));
        int status = spec.number("status", 200);
        String framing = spec.text("framing", "length");
        boolean bodiless = status == 204 || status == 304;
        byte[] body = spec.values().get("size") == null ? greeting(whole, status) : null;
        long size = body == null ? spec.size("size", 0) : body.length;
        boolean keep = request.keepAlive()
                && !framing.equals("close")
                && !spec.text("close", "false").equals("true");
        String extra = spec.text("header", "");
        String headers = (extra.isEmpty() ? "" : extra.replaceAll("[\r\n]", " ") + "\r\n")
                + (keep ? "" : "Connection: close\r\n")
                + switch (framing) {
                    case "length" -> bodiless ? "X-Sim: bodiless" : "Content-Length: " + size;
                    case "chunked" -> "Transfer-Encoding: chunked";
                    case "close" -> "X-Sim: until-close";
                    default ->
                        throw new IllegalArgumentException(
                                "framing=" + framing + ": length, chunked or close was expected");
                };
        wire.send(Response.head(status, headers));
        if (!request.method().equals("HEAD") && !bodiless) {
            send(wire, body, size, framing.equals("chunked"));
        }
        return keep;
    }

    private static void send(Wire wire, byte @Nullable [] body, long size, boolean chunked) throws IOException {
        byte[] piece = body == null ? Response.body((int) Math.min(size, PIECE)) : body;
        for (long left = size; left > 0; left -= piece.length) {
            byte[] next = left < piece.length ? java.util.Arrays.copyOf(piece, (int) left) : piece;
            if (chunked) {
                wire.send(Integer.toHexString(next.length) + "\r\n").send(next).send("\r\n");
            } else {
                wire.send(next);
            }
        }
        if (chunked) {
            wire.send("0\r\n\r\n");
        }
    }

    private static byte[] greeting(HttpRequest request, int status) {
        return (request.method() + " " + request.path() + " " + status + ", " + request.bodyBytes()
                        + " bytes of body\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
