package io.culprit.server.request.body;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Spill;
import io.culprit.loop.SpillLimitException;
import io.culprit.loop.TempFiles;
import io.culprit.upstream.request.RequestBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Takes a whole request body in before an upstream is asked, so that a slow client never holds an upstream connection,
 * and keeps it, so that it can be sent again. Owned by one IO thread.
 */
final class BufferedIntake implements RequestBody {
    /** Reads in one event: a fast client must not keep the thread from all others. */
    private static final int MAX_READS = 16;

    private final BodySource source;
    private final Spill spill;
    private final ByteBuffer window;
    private final Consumer<BufferedIntake> whole;
    private final Consumer<Failure> failed;
    private final MemoryAccount memory;
    private final Consumer<String> clientGone;

    /**
     * @param window a buffer this may use while an event lasts
     * @param whole told when the body is complete
     * @param failed told why it never will be
     * @param memory what the client holds
     * @param clientGone told how the client broke the connection
     */
    BufferedIntake(
            BodySource source,
            Spill spill,
            ByteBuffer window,
            Consumer<BufferedIntake> whole,
            Consumer<Failure> failed,
            MemoryAccount memory,
            Consumer<String> clientGone) {
        this.source = source;
        this.spill = spill.keep();
        this.window = window;
        this.whole = whole;
        this.failed = failed;
        this.memory = memory;
        this.clientGone = clientGone;
    }

    long length() {
        return spill.size();
    }

    /** Reads what is there; called at first by the request's exchange, then when bytes arrive. */
    void proceed() {
        for (int reads = 0; reads < MAX_READS; reads++) {
            window.clear();
            int n;
            try {
                n = source.read(window);
            } catch (MessageException e) {
                give(e.failure());
                return;
            } catch (IOException e) {
                source.pause();
                clientGone.accept(String.valueOf(e.getMessage()));
                return;
            }
            if (n < 0) {
                whole.accept(this);
                return;
            }
            if (n == 0) {
                source.await(this::proceed);
                return;
            }
            window.flip();
            try {
                spill.append(window);
            } catch (SpillLimitException e) {
                give(Failure.of(
                        Cause.CLIENT_BODY_TOO_BIG,
                        "the request body exceeds buffering.memory and buffering.disk: " + e.getMessage()));
                return;
            } catch (TempFiles.DescriptorsUsedUpException e) {
                give(source.shortOfMemory("no place for the request body: memory is short, and " + e.getMessage()));
                return;
            } catch (IOException e) {
                give(Failure.of(Cause.GATEWAY_TEMP_DISK_FULL, "buffering the request body: " + e.getMessage()));
                return;
            }
            if (spill.heldInMemory() > 0 && memory.reached(MemoryBudget.Level.EXHAUSTED)) {
                give(source.shortOfMemory());
                return;
            }
        }
        source.await(this::proceed);
    }

    private void give(Failure failure) {
        source.pause();
        failed.accept(failure);
    }

    @Override
    public boolean isEmpty() {
        return spill.size() == 0;
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public void rewind() {
        spill.rewind();
    }

    @Override
    public Progress writeTo(Spill.Target target) throws IOException {
        return spill.drain(target) ? Progress.DONE : Progress.TARGET_FULL;
    }

    @Override
    public void whenReadable(Runnable resume) {
        // it is whole already
    }
}
