package io.culprit.reply;

import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Spill;
import io.culprit.loop.TempFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** A sink before a {@link FakeClient}, on an IO thread of its own; what the sink says to its owner is written down. */
final class SinkFixture implements ClientSink.Owner, AutoCloseable {
    private final XnioWorker worker;
    final IoLoop loop;
    final FakeClient client;
    final ClientSink sink;
    final List<String> told = new CopyOnWriteArrayList<>();
    RuntimeException inDrained;

    SinkFixture(Path directory, long memory, long timeoutNanos, MemoryBudget budget) throws IOException {
        this(
                Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1)),
                directory,
                memory,
                timeoutNanos,
                budget);
    }

    private SinkFixture(XnioWorker worker, Path directory, long memory, long timeoutNanos, MemoryBudget budget) {
        this(worker, new IoLoop(worker.getIoThread(0), 0, budget), directory, memory, timeoutNanos);
    }

    private SinkFixture(XnioWorker worker, IoLoop loop, Path directory, long memory, long timeoutNanos) {
        this.worker = worker;
        this.loop = loop;
        client = new FakeClient(loop.thread());
        Spill spill =
                new Spill(loop, new MemoryAccount(loop, Optional.empty()), memory, 0, new TempFiles(directory, 1));
        sink = new ClientSink(loop, client, client.sink(), spill, timeoutNanos, this);
    }

    /** Another client on the same thread; its worker ends with this one. */
    SinkFixture beside(Path directory) {
        return new SinkFixture(worker, loop, directory, 1 << 20, 60_000_000_000L);
    }

    /** Something done in one event. */
    interface Step {
        void run() throws Exception;
    }

    /** Runs it on the IO thread, where all of the sink belongs. */
    void event(Step step) throws Exception {
        get(() -> {
            step.run();
            return null;
        });
    }

    <T> T get(Callable<T> step) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(step.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    /** Gives a body and ends the event. */
    void give(String text) throws Exception {
        event(() -> {
            sink.write(bytes(text));
            sink.flush();
        });
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void drained() {
        told.add("drained");
        if (inDrained != null) {
            throw inDrained;
        }
    }

    @Override
    public void clientBroken() {
        told.add("broken");
    }

    @Override
    public void clientStalled(String why) {
        told.add("stalled: " + why);
    }

    @Override
    public void broken(Throwable trouble) {
        told.add("trouble: " + trouble.getMessage());
    }

    @Override
    public void fileBroken(String why) {
        told.add("file: " + why);
    }

    @Override
    public void close() {
        worker.shutdown();
    }
}
