package io.culprit.server.http1;

import io.culprit.config.Limits;
import io.culprit.config.Limits.Underscores;
import io.culprit.failure.Failure;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.OnLoop;
import io.culprit.server.Engine;
import io.culprit.server.ScriptedSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** An input before a {@link ScriptedSource}, on an IO thread of its own; what it says is written down. */
final class InputFixture implements Http1Input.Events, AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final XnioWorker worker = Xnio.getInstance()
            .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.WORKER_TASK_CORE_THREADS, 1));
    final IoLoop loop = new IoLoop(worker.getIoThread(0), 0, MemoryBudget.of(2_500_000, 1L << 30, 0, 100));
    final MemoryAccount memory = new MemoryAccount(loop, Optional.empty());
    final ScriptedSource socket;
    final Http1Input input;
    private final List<String> told = new CopyOnWriteArrayList<>();

    InputFixture(Object... parts) throws Exception {
        this(limits(8192, LONG, LONG), parts);
    }

    InputFixture(Limits limits, Object... parts) throws Exception {
        socket = new ScriptedSource(parts);
        input = OnLoop.call(loop, () -> new Http1Input(socket.conduit(), loop, memory, limits, this));
    }

    static Limits limits(int uri, Duration headTimeout, Duration idle) {
        return new Limits(8192, 100, uri, 1 << 20, headTimeout, LONG, LONG, idle, LONG, 0, 0, 100, Underscores.DROP);
    }

    /** All of it belongs to the loop's thread. */
    <T> T on(Callable<T> step) throws Exception {
        return OnLoop.call(loop, step);
    }

    Http1Input.Progress readHead() throws Exception {
        return on(input::readHead);
    }

    /** The bytes of one read with so much room, as text; END at the body's end. */
    String body(int room) throws Exception {
        return on(() -> {
            ByteBuffer target = ByteBuffer.allocate(room + 2).position(1).limit(room + 1);
            int n = input.readBody(target);
            if (target.limit() != room + 1 || target.position() != 1 + Math.max(0, n)) {
                throw new AssertionError(n + " bytes read: " + target);
            }
            return n < 0 ? "END" : new String(target.array(), 1, n, StandardCharsets.ISO_8859_1);
        });
    }

    /** What it has said, once all that runs on the loop already has run. */
    List<String> told() throws Exception {
        on(() -> null);
        return told;
    }

    /** The first thing it says. */
    String saysSoon() {
        Engine.await("it says something", () -> !told.isEmpty());
        return told.get(0);
    }

    /** Lets deadlines of that age expire. */
    void passes(Duration time) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        on(() -> {
            loop.deadlines()
                    .arm(
                            new Deadline() {
                                @Override
                                protected void expired() {
                                    over.set(true);
                                }
                            },
                            time.toNanos());
            return null;
        });
        Engine.await("the time passes", over::get);
    }

    /** Ends the input; nothing may be held then. */
    void released() throws Exception {
        on(() -> {
            input.release();
            input.head().release();
            if (loop.lent() != 0) {
                throw new AssertionError(loop.lent() + " buffers are still lent");
            }
            return null;
        });
    }

    @Override
    public void badHead(Failure failure) {
        told.add(failure.cause().id() + ": " + failure.detail());
    }

    @Override
    public void idle() {
        told.add("idle");
    }

    @Override
    public void close() {
        worker.shutdown();
    }
}
