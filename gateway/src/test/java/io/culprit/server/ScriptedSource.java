package io.culprit.server;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.xnio.conduits.StreamSourceConduit;

/** A client's socket to read from: each part is there for one read or more, then nothing is for now. Used on one thread. */
public final class ScriptedSource {
    /** The client's proper end. */
    public static final Object END = new Object();

    private final Deque<Object> parts = new ArrayDeque<>();
    private final StreamSourceConduit conduit = (StreamSourceConduit) Proxy.newProxyInstance(
            ScriptedSource.class.getClassLoader(),
            new Class<?>[] {StreamSourceConduit.class},
            (proxy, method, arguments) -> {
                if (!method.getName().equals("read") || arguments.length != 1) {
                    throw new AssertionError(method);
                }
                return read((ByteBuffer) arguments[0]);
            });
    private int reads;

    /**
     * @param parts text, bytes, an {@link IOException} or {@link #END}
     */
    public ScriptedSource(Object... parts) {
        feed(parts);
    }

    /** More of the same. */
    public void feed(Object... more) {
        for (Object each : more) {
            parts.add(
                    each instanceof String text
                            ? ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))
                            : each instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : each);
        }
    }

    /** What reads from it is given this. */
    public StreamSourceConduit conduit() {
        return conduit;
    }

    /** Reads so far. */
    public int reads() {
        return reads;
    }

    private int read(ByteBuffer target) throws IOException {
        reads++;
        Object first = parts.peek();
        if (first instanceof IOException broken) {
            throw broken;
        }
        if (first == END) {
            return -1;
        }
        if (first == null) {
            return 0;
        }
        ByteBuffer bytes = (ByteBuffer) first;
        int n = Math.min(bytes.remaining(), target.remaining());
        target.put(bytes.slice(bytes.position(), n));
        bytes.position(bytes.position() + n);
        if (!bytes.hasRemaining()) {
            parts.remove();
        }
        return n;
    }
}
