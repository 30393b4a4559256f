package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.loop.MemoryBudget;
import io.culprit.server.Engine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, and clients that take nothing for too long. */
class ClientSinkWaitsTest {
    private static final long MINUTE = 60_000_000_000L;
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path directory;

    private SinkFixture at;
    private FakeClient client;
    private ClientSink sink;

    private void use(long timeoutNanos, MemoryBudget budget) throws IOException {
        at = new SinkFixture(directory, MEGABYTE, timeoutNanos, budget);
        client = at.client;
        sink = at.sink;
    }

    @AfterEach
    void stop() throws Exception {
        at.event(sink::release);
        assertEquals(0, at.<Integer>get(() -> at.loop.lent()));
        assertEquals(0, at.<Integer>get(() -> at.loop.deadlines().linked()));
        at.close();
    }

    private FileChannel file(int length) throws IOException {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) ('a' + (i * 7 + i / 251) % 26);
        }
        return FileChannel.open(Files.write(directory.resolve("file"), text));
    }

    private String contents(int from, int to) throws IOException {
        return Files.readString(directory.resolve("file")).substring(from, to);
    }

    @Test
    void aPartOfAFileGoesBehindWhatIsStaged() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        try (FileChannel source = file(1000)) {
            at.event(() -> {
                Ascii.put(sink.staging(10), "head ");
                sink.send(source, 100, 900);
            });
        }
        assertEquals("head " + contents(100, 900), client.got());
        assertEquals(805, sink.written());
        assertEquals(805, sink.taken());
        assertTrue(sink.idle());
        assertFalse(client.resumed);
        assertEquals(List.of(), at.told, "whoever gave it sees that it is idle");
    }

    @Test
    void aFileWaitsForWhatCameBeforeItAndForTheClient() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        try (FileChannel source = file(1000)) {
            client.room = 2;
            at.event(() -> {
                Ascii.put(sink.staging(10), "head ");
                sink.send(source, 0, 1000);
            });
            assertEquals("he", client.got());
            assertFalse(sink.idle());
            at.event(() -> client.takes(103));
            assertEquals("ad " + contents(0, 100), client.got());
            assertTrue(client.resumed);
            assertEquals(List.of(), at.told);
            at.event(() -> client.takes(Long.MAX_VALUE));
        }
        assertEquals(contents(100, 1000), client.got());
        assertEquals(1005, sink.written());
        assertEquals(List.of("drained"), at.told);
        assertTrue(sink.idle());
        assertFalse(client.resumed);
    }

    @Test
    void aFileTheClientTakesNothingOfWaits() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        try (FileChannel source = file(1000)) {
            client.room = 0;
            at.event(() -> sink.send(source, 0, 1000));
            assertTrue(client.resumed);
            assertTrue(sink.behind());
            assertFalse(sink.idle());
            at.event(() -> client.takes(Long.MAX_VALUE));
            assertEquals(1000, client.got().length());
        }
    }

    /** However fast it takes them: others of the same thread want to be served, too. */
    @Test
    void aClientGetsAMegabyteInOneEvent() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        try (FileChannel source = file(2 * MEGABYTE + 10)) {
            at.event(() -> sink.send(source, 5, 2 * MEGABYTE + 10));
            assertEquals(contents(5, MEGABYTE + 5), client.got());
            assertTrue(sink.behind());
            at.event(() -> client.takes(Long.MAX_VALUE));
            assertEquals(contents(MEGABYTE + 5, 2 * MEGABYTE + 5), client.got());
            assertEquals(List.of(), at.told);
            at.event(() -> client.takes(Long.MAX_VALUE));
            assertEquals(contents(2 * MEGABYTE + 5, 2 * MEGABYTE + 10), client.got());
            assertEquals(List.of("drained"), at.told);
        }
    }

    @Test
    void aFileThatBecomesShorterIsToldAfterwards() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        try (FileChannel source = file(1000)) {
            at.event(() -> {
                sink.send(source, 0, 2000);
                assertEquals(List.of(), at.told);
            });
            at.event(() -> {});
            assertEquals(1000, client.got().length());
            assertEquals(List.of("file: the file became shorter while it was sent"), at.told);
            assertTrue(sink.idle());
        }
    }

    @Test
    void aClientThatBreaksInAFileIsToldAfterwardsAndGetsNoOther() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        try (FileChannel source = file(1000)) {
            client.room = 100;
            at.event(() -> sink.send(source, 0, 1000));
            client.reset = true;
            at.event(() -> client.takes(100));
            at.event(() -> {});
            assertEquals(List.of("broken"), at.told);
            assertTrue(sink.idle());
            int writes = client.writes;
            at.event(() -> sink.send(source, 0, 1000));
            assertEquals(writes, client.writes);
            assertTrue(sink.idle());
        }
    }

    @Test
    void whoTakesNothingForTheTimeoutIsStalled() throws Exception {
        use(50_000_000, MemoryBudget.unbounded());
        client.room = 1;
        at.give("12345");
        Engine.await("the timeout", () -> !at.told.isEmpty());
        assertTrue(at.told.get(0).startsWith("stalled: nothing of the response could be written"), at.told.toString());
    }

    @Test
    void whoHasTakenAllIsNotStalled() throws Exception {
        use(50_000_000, MemoryBudget.unbounded());
        client.room = 1;
        at.give("12345");
        at.event(() -> client.takes(Long.MAX_VALUE));
        Engine.await("the deadline is swept", () -> deadlines() == 0);
        assertEquals(List.of("drained"), at.told);
    }

    private int deadlines() {
        try {
            return at.get(() -> at.loop.deadlines().linked());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFaultInAWriteIsTroubleAndTheSocketIsNotAskedAgain() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        client.room = 2;
        at.give("12345");
        client.fault = new IllegalStateException("oh");
        at.event(() -> client.takes(Long.MAX_VALUE));
        assertEquals(List.of("trouble: oh"), at.told);
        assertFalse(client.resumed);
    }

    @Test
    void anAbortClosesInTheMiddle() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        client.room = 2;
        at.give("12345");
        at.event(sink::abort);
        assertTrue(client.closed);
        assertTrue(sink.broken());
        assertTrue(sink.idle());
        at.give("more");
        assertEquals("12", client.got());
        assertEquals(List.of(), at.told, "whoever aborts knows it");
    }

    @Test
    void whatFailsWhileBytesLeaveIsTheRequestsTrouble() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        client.room = 2;
        at.give("12345");
        at.inDrained = new IllegalStateException("oh");
        at.event(() -> client.takes(Long.MAX_VALUE));
        assertEquals(List.of("drained", "trouble: oh"), at.told);
        assertFalse(client.resumed);
    }

    @Test
    void anEventThatComesTooLateOnlyEndsTheWaiting() throws Exception {
        use(MINUTE, MemoryBudget.unbounded());
        client.room = 2;
        at.give("12345");
        at.event(sink::release);
        at.event(() -> client.takes(Long.MAX_VALUE));
        assertFalse(client.resumed);
        assertEquals(List.of(), at.told);
        assertEquals("12", client.got());
    }
}
