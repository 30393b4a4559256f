package io.culprit.upstream;

import io.culprit.loop.Spill;
import io.culprit.upstream.request.ClientRoute;
import io.culprit.upstream.request.RequestBody;
import io.culprit.upstream.request.UpstreamRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A request whose head is a text and whose body comes when the test says so. */
public final class Asked implements UpstreamRequest, RequestBody {
    private final String method;
    private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
    private Runnable resume = () -> {};

    public String head;
    public boolean hasBody;
    public boolean ended;
    public boolean repeatable = true;
    public boolean upgrades;
    public IOException broken;
    public int rewinds;
    public int attempts;
    public byte[] client = new byte[4];
    public Optional<ClientRoute> route = Optional.empty();

    public Asked(String method) {
        this.method = method;
        this.head = method + " /\n";
    }

    /** The same with this body, of which more may come until it {@link #ended}. */
    public Asked with(String piece) {
        hasBody = true;
        pieces.add(ByteBuffer.wrap(piece.getBytes(StandardCharsets.ISO_8859_1)));
        return this;
    }

    /** The same with all of its body. */
    public Asked whole(String body) {
        ended = true;
        return with(body);
    }

    /** Whoever sends it is told that more is there. */
    public void arrived() {
        resume.run();
    }

    @Override
    public String id() {
        return "r1";
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public void attempt(int number) {
        attempts = number;
    }

    @Override
    public int headBound() {
        return head.length();
    }

    @Override
    public void encodeHead(ByteBuffer out) {
        out.put(head.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public RequestBody body() {
        return hasBody ? this : RequestBody.NONE;
    }

    @Override
    public boolean upgrades() {
        return upgrades;
    }

    @Override
    public Optional<ClientRoute> clientRoute() {
        return route;
    }

    @Override
    public byte[] clientAddress() {
        return client;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public boolean repeatable() {
        return repeatable;
    }

    @Override
    public void rewind() {
        rewinds++;
        pieces.forEach(ByteBuffer::rewind);
    }

    @Override
    public Progress writeTo(Spill.Target target) throws IOException {
        if (broken != null) {
            throw broken;
        }
        for (ByteBuffer each : pieces) {
            if (each.hasRemaining()) {
                target.write(each);
                if (each.hasRemaining()) {
                    return Progress.TARGET_FULL;
                }
            }
        }
        return ended ? Progress.DONE : Progress.SOURCE_EMPTY;
    }

    @Override
    public void whenReadable(Runnable told) {
        resume = told;
    }
}
