package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.server.Engine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses that wait for their clients while memory runs short: which of them ends. */
class ClientSinkMemoryTest {
    private static final long MINUTE = 60_000_000_000L;

    @TempDir
    Path directory;

    private SinkFixture at;
    private FakeClient client;
    private ClientSink sink;

    /** 600,000 bytes of direct memory, of which 480,000 are where it begins to be short. */
    private void use() throws IOException {
        at = new SinkFixture(directory, 1 << 20, MINUTE, MemoryBudget.of(100_000_000, 1_000_000, 0, 100));
        client = at.client;
        sink = at.sink;
    }

    @AfterEach
    void stop() throws Exception {
        at.event(sink::release);
        at.close();
    }

    @Test
    void whenMemoryIsShortWhatWaitsLongestEnds() throws Exception {
        use();
        client.room = 0;
        at.give("x".repeat(300_000));
        at.event(() -> {});
        assertEquals(List.of(), at.told);
        at.give("x".repeat(250_000));
        Engine.await("it is ended", () -> !at.told.isEmpty());
        assertEquals(
                "stalled: memory for clients ran short, and of the response 550000 bytes waited for the client to take them",
                at.told.get(0));
        assertEquals(1, at.loop.memory().budget().evictions());
    }

    /** Whoever takes a little shows that he is there; whose socket only says so does not. */
    @ParameterizedTest
    @CsvSource({"1, false", "0, true"})
    void whenMemoryIsShortTheSlowestEndsFirst(int taken, boolean first) throws Exception {
        use();
        SinkFixture other = at.beside(directory);
        client.room = 0;
        other.client.room = 0;
        at.give("x".repeat(200_000));
        other.give("x".repeat(200_000));
        at.event(() -> client.takes(taken));
        at.give("x".repeat(120_000));
        Engine.await("one is ended", () -> at.told.size() + other.told.size() > 0);
        assertEquals(first ? 1 : 0, at.told.size());
        assertEquals(first ? 0 : 1, other.told.size());
        other.event(other.sink::release);
    }

    @Test
    void whoIsReleasedIsNotEndedForMemory() throws Exception {
        use();
        client.room = 0;
        at.give("x");
        at.event(sink::release);
        SinkFixture other = at.beside(directory);
        other.client.room = 0;
        other.give("x".repeat(550_000));
        Engine.await("the other one is ended", () -> !other.told.isEmpty());
        assertEquals(List.of(), at.told);
        other.event(other.sink::release);
    }

    @Test
    void whoHasTakenAllIsNotEndedForMemory() throws Exception {
        use();
        client.room = 0;
        at.give("x");
        at.event(() -> client.takes(Long.MAX_VALUE));
        at.event(() -> {
            for (int i = 0; i < 40; i++) {
                at.loop.lend();
            }
        });
        at.event(() -> {});
        assertEquals(List.of("drained"), at.told);
        assertEquals(0, at.loop.memory().budget().evictions());
        at.event(() -> {
            for (int i = 0; i < 40; i++) {
                at.loop.giveBack(ByteBuffer.allocateDirect(IoLoop.POOLED_SIZE));
            }
        });
    }
}
