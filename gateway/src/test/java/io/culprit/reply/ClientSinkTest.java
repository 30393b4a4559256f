package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.loop.MemoryBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of what a client gets, in how many writes, and what waits while it takes nothing. */
class ClientSinkTest {
    private static final long MINUTE = 60_000_000_000L;

    @TempDir
    Path directory;

    private SinkFixture at;
    private FakeClient client;
    private ClientSink sink;

    @BeforeEach
    void start() throws Exception {
        use(new SinkFixture(directory, 100_000, MINUTE, MemoryBudget.unbounded()));
    }

    private void use(SinkFixture fixture) {
        at = fixture;
        client = fixture.client;
        sink = fixture.sink;
    }

    @AfterEach
    void stop() throws Exception {
        at.event(sink::release);
        at.event(sink::release);
        assertEquals(0, at.<Integer>get(() -> at.loop.lent()), "all buffers are given back");
        assertEquals(0, at.<Integer>get(() -> at.loop.deadlines().linked()), "no deadline is left");
        at.close();
    }

    private static String text(int n) {
        return "b".repeat(n);
    }

    /** A small body is copied behind its head, a longer one goes with it: one write either way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 4097, 30_000})
    void headAndBodyLeaveInOneWrite(int length) throws Exception {
        at.event(() -> {
            Ascii.put(sink.staging(100), "head ");
            assertFalse(sink.idle());
            sink.write(SinkFixture.bytes(text(length)));
            assertEquals(length <= 4096 ? 0 : 1, client.writes);
            assertEquals(length <= 4096 ? 0 : length + 5, sink.taken(), "what is staged can be taken back");
            sink.flush();
        });
        assertEquals(1, client.writes);
        assertEquals("head " + text(length), client.got());
        assertEquals(length + 5, sink.written());
        assertEquals(length + 5, sink.taken());
        assertTrue(sink.idle());
        at.event(() -> sink.flush());
        assertEquals(1, client.writes, "there is nothing more to flush");
        assertFalse(sink.broken());
        assertEquals(null, at.get(() -> at.loop.gather()[0]), "the loop's array holds nothing of it any more");
    }

    @Test
    void whatDoesNotFitBehindTheHeadGoesWithIt() throws Exception {
        at.event(() -> {
            Ascii.put(sink.staging(30_000), text(30_000));
            sink.write(SinkFixture.bytes(text(4000)));
        });
        assertEquals(1, client.writes);
        assertEquals(34_000, client.got().length());
        at.event(() -> {
            Ascii.put(sink.staging(30_000), text(30_000));
            sink.write(SinkFixture.bytes(text(2768)));
            assertEquals(1, client.writes, "it fills the buffer to its last byte");
            sink.flush();
        });
        assertEquals(32_768, client.got().length());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "15, f", "16, 10", "4096, 1000", "4097, 1001", "30000, 7530", "40000, 9c40"})
    void aChunkIsFramedInOneWrite(int length, String hex) throws Exception {
        at.event(() -> {
            sink.writeChunk(SinkFixture.bytes(text(length)));
            sink.flush();
        });
        assertEquals(1, client.writes);
        assertEquals(hex + "\r\n" + text(length) + "\r\n", client.got());
        assertTrue(sink.idle());
    }

    @Test
    void stagingNeverRunsOver() throws Exception {
        at.event(() -> {
            for (int i = 0; i < 20; i++) {
                sink.writeChunk(SinkFixture.bytes(text(4096)));
            }
            sink.flush();
        });
        assertEquals(("1000\r\n" + text(4096) + "\r\n").repeat(20), client.got());
        at.event(() -> {
            Ascii.put(sink.staging(28_680), text(28_680));
            sink.writeChunk(SinkFixture.bytes(text(4096))); // with its framing it is a little more than is left
            sink.flush();
        });
        assertEquals(text(28_680) + "1000\r\n" + text(4096) + "\r\n", client.got());
        at.event(() -> {
            assertEquals(40_000, sink.staging(40_000).capacity(), "a head may be longer than the loop's buffer");
            Ascii.put(sink.staging(40_000), text(40_000));
            Ascii.put(sink.staging(10), "more");
            sink.flush();
        });
        assertEquals(text(40_000) + "more", client.got());
    }

    /** Wherever the client stops taking, the rest waits in its order. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5, 6, 5004, 5005, 5006, 5011, 5012, 5013, 5016, 5018, 10_000, 10_024, 10_025})
    void whatIsNotTakenWaitsInItsOrder(int room) throws Exception {
        String all = "head " + text(5000) + "1388\r\n" + "c".repeat(5000) + "\r\nend";
        client.room = room;
        at.event(() -> {
            Ascii.put(sink.staging(100), "head ");
            sink.write(SinkFixture.bytes(text(5000)));
            sink.writeChunk(SinkFixture.bytes("c".repeat(5000)));
            sink.flush();
            sink.write(SinkFixture.bytes("end"));
            sink.flush();
        });
        boolean waits = room < all.length();
        assertEquals(all.substring(0, Math.min(room, all.length())), client.got());
        assertEquals(Math.min(room, all.length()), sink.written());
        assertEquals(waits ? List.of() : List.of(), at.told);
        assertEquals(waits, sink.behind());
        assertEquals(waits, client.resumed);
        assertEquals(!waits, sink.idle());
        at.event(() -> client.takes(Long.MAX_VALUE));
        assertEquals(all.substring(Math.min(room, all.length())), client.got());
        assertEquals(all.length(), sink.written());
        assertEquals(waits ? List.of("drained") : List.of(), at.told);
        assertFalse(client.resumed);
        assertFalse(sink.behind());
        assertTrue(sink.idle());
    }

    @Test
    void whileSomethingWaitsNothingOvertakesIt() throws Exception {
        client.room = 2;
        at.give("12345");
        int writes = client.writes;
        at.give("67890");
        at.give(text(5000));
        assertEquals(writes, client.writes, "the client is known to take nothing");
        at.event(() -> client.takes(2));
        assertEquals("1234", client.got());
        assertTrue(sink.behind());
        assertEquals(List.of(), at.told);
        at.event(() -> client.takes(Long.MAX_VALUE));
        assertEquals("567890" + text(5000), client.got());
        assertEquals(List.of("drained"), at.told);
    }

    @Test
    void thePressureGoesBackWhenTheBufferIsFullOrAtOnce() throws Exception {
        client.room = 0;
        at.give(text(50_000));
        assertFalse(sink.saturated());
        at.event(() -> sink.limits(20_000, 0));
        assertTrue(sink.saturated());
        at.event(() -> sink.limits(100_000, 0));
        assertFalse(sink.saturated());
        at.give(text(50_000));
        assertTrue(sink.saturated(), "100,000 are what may wait");
        at.event(() -> client.takes(Long.MAX_VALUE));
        assertFalse(sink.saturated());
        at.event(() -> sink.eager(true));
        assertFalse(sink.saturated(), "nothing waits");
        client.room = 0;
        at.give("x");
        assertTrue(sink.saturated());
        at.event(() -> sink.eager(false));
        assertFalse(sink.saturated());
    }

    @Test
    void whatIsStagedCanBeTakenBack() throws Exception {
        at.event(() -> {
            Ascii.put(sink.staging(100), "head");
            assertEquals("head", new String(sink.takeStaged()));
            assertTrue(sink.idle());
            Ascii.put(sink.staging(100), "other");
            sink.unstage();
            assertTrue(sink.idle());
            sink.flush();
        });
        assertEquals("", client.got());
        assertEquals(0, sink.taken());
    }

    @Test
    void aReplyThatIsTooLongForItsBufferIsAFaultOfOurs() throws Exception {
        at.event(() -> sink.send("short".getBytes()));
        assertEquals("short", client.got());
        client.room = 0;
        ExecutionException e = assertThrows(
                ExecutionException.class,
                () -> at.event(() -> sink.send(text(300_000).getBytes())));
        assertEquals(
                "a reply of 300000 bytes does not fit its buffer", e.getCause().getMessage());
    }

    /** From the loop and once: whoever writes is in the middle of something. */
    @ParameterizedTest
    @ValueSource(ints = {10, 5000})
    void aBrokenClientIsToldAfterwardsAndSwallowsTheRest(int length) throws Exception {
        client.reset = true;
        at.event(() -> {
            sink.write(SinkFixture.bytes(text(length)));
            sink.flush();
            sink.writeChunk(SinkFixture.bytes(text(length)));
            sink.flush();
            assertEquals(List.of(), at.told);
            assertTrue(sink.broken());
        });
        at.give("more");
        assertEquals(List.of("broken"), at.told);
        assertEquals(1, client.writes, "a broken socket is not written to");
        assertEquals(0, sink.written());
        assertFalse(sink.behind());
        at.event(sink::endOutput);
        assertFalse(client.shut);
    }

    @Test
    void aClientThatBreaksWhileBytesWaitIsNotToldToBeServed() throws Exception {
        client.room = 0;
        at.give("waits");
        client.reset = true;
        at.event(() -> client.takes(0));
        at.event(() -> {});
        assertEquals(List.of("broken"), at.told);
        assertFalse(client.resumed);
        assertFalse(sink.behind());
    }

    @Test
    void theEndOfOutputFollowsTheLastByte() throws Exception {
        client.room = 2;
        at.give("12345");
        at.event(sink::endOutput);
        assertFalse(client.shut);
        at.event(() -> client.takes(Long.MAX_VALUE));
        assertTrue(client.shut);
        assertEquals(List.of("drained"), at.told);
    }

    @Test
    void theEndOfOutputIsToldAtOnceWhereNothingWaits() throws Exception {
        at.give("12345");
        assertFalse(client.shut);
        at.event(sink::endOutput);
        assertTrue(client.shut);
        assertEquals(List.of(), at.told);
    }

    @Test
    void anEndThatCannotBeToldIsABrokenClient() throws Exception {
        client.reset = true;
        at.event(sink::endOutput);
        at.event(() -> {});
        assertEquals(List.of("broken"), at.told);
        assertTrue(sink.broken());
    }
}
