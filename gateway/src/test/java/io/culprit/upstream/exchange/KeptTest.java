package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.ScriptedChannel;
import io.culprit.upstream.UpstreamCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that idle: how long, what ends them, and who gets them. */
class KeptTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String DONE = "200 of 2 [ok] done";

    @TempDir
    Path root;

    private Rig rig(int threads, String more) throws Exception {
        return new Rig(root, threads, "servers: [ \"127.0.0.1:1\" ]" + more);
    }

    private static void nothingIsLeft(Rig rig) {
        assertEquals(0, rig.upstream.budget().open());
        assertEquals(0, rig.upstream.idleConnections());
        assertEquals(0, rig.peer(0).idle(0));
        assertEquals(0, rig.peer(0).budget().open());
    }

    @Test
    void aKeptConnectionCarriesTheNextRequest() throws Exception {
        try (Rig rig = rig(1, "")) {
            assertEquals(DONE, rig.exchange(OK));
            assertEquals(1, rig.upstream.idleConnections());
            assertEquals(1, rig.peer(0).idle(0));
            Heard heard = new Heard();
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            assertEquals(0, rig.upstream.idleConnections());
            assertEquals(0, rig.peer(0).idle(0));
            rig.feed(OK);
            assertEquals(DONE, heard.told());
            assertEquals(1, rig.dialed.size());
            assertEquals(1, rig.upstream.budget().open());
            assertTrue(call.attempts().get(0).reused());
            assertEquals(1, call.attempts().get(0).connectionRequests());
            assertTrue(call.attempts().get(0).connectionIdleNanos() > 0);
            assertTrue(call.attempts().get(0).connectionAgeNanos()
                    >= call.attempts().get(0).connectionIdleNanos());
        }
    }

    @Test
    void anIdleConnectionIsClosedWhenItsTimeIsOver() throws Exception {
        try (Rig rig = rig(1, ", keepalive: { idle: 500ms }")) {
            rig.exchange(OK);
            assertFalse(rig.last().closed);
            long start = System.nanoTime();
            Rig.await("it is closed", () -> rig.last().closed);
            assertTrue(System.nanoTime() - start > 50_000_000);
            rig.settle();
            nothingIsLeft(rig);
        }
    }

    /** A connection is not kept longer than its peer says that it keeps it. */
    @Test
    void whatThePeerAnnouncesEndsItSooner() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange("HTTP/1.1 200 OK\r\nKeep-Alive: max=5, timeout=1\r\nContent-Length: 2\r\n\r\nok");
            assertEquals(TimeUnit.SECONDS.toNanos(1), rig.peer(0).habit().keptNanos(Long.MAX_VALUE));
            Rig.await("it is closed", () -> rig.last().closed);
            rig.exchange("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 2\r\n\r\nok");
            assertEquals(0, rig.peer(0).habit().keptNanos(Long.MAX_VALUE));
            rig.exchange(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nKeep-Alive: timeout=9\r\nContent-Length: 2\r\n\r\nok");
            assertEquals(0, rig.peer(0).habit().keptNanos(Long.MAX_VALUE), "one that is not kept announces nothing");
        }
    }

    @Test
    void anEndWhileItIdlesIsNotedAsAHabit() throws Exception {
        for (Object end : new Object[] {new IOException("Connection reset"), ScriptedChannel.END}) {
            try (Rig rig = rig(1, "")) {
                rig.exchange(OK);
                rig.pass(50); // so long it idles
                rig.feed(end);
                assertTrue(rig.last().closed);
                assertEquals(1, rig.last().closes);
                nothingIsLeft(rig);
                long safe = rig.peer(0).habit().safeNanos();
                assertTrue(safe >= 40_000_000 && safe < 20_000_000_000L, "four fifths of it: " + safe);
            }
        }
    }

    @Test
    void bytesNobodyAskedForEndItButAreNoHabit() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.feed("HTTP/1.1 408 Too late\r\n\r\n");
            assertTrue(rig.last().closed);
            nothingIsLeft(rig);
            assertEquals(Long.MAX_VALUE, rig.peer(0).habit().safeNanos());
        }
    }

    @Test
    void aSelectorThatIsLateEndsNothing() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.run(() -> {
                rig.last().wake();
                rig.last().handler().writable();
                return null;
            });
            assertFalse(rig.last().closed);
            assertEquals(1, rig.upstream.idleConnections());
        }
    }

    @Test
    void aThreadThatEndsTakesItsIdleConnectionsWithIt() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.run(() -> {
                rig.last().handler().abandoned("the thread ends");
                return null;
            });
            assertTrue(rig.last().closed);
            nothingIsLeft(rig);
            Heard heard = new Heard();
            rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                rig.last().handler().abandoned("the thread ends");
                return null;
            });
            assertEquals("gateway.internal: the thread ends", heard.why());
            nothingIsLeft(rig);
        }
    }

    @Test
    void aRequestThatCannotBeRepeatedTakesOnlyWhatLooksOpen() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            ScriptedChannel ended = rig.last();
            rig.run(() -> {
                ended.put(ScriptedChannel.END); // nobody was told yet
                return null;
            });
            Heard heard = new Heard();
            rig.start(new Asked("POST").whole("x"), heard);
            assertTrue(ended.closed);
            assertEquals(2, rig.dialed.size());
            rig.feed(OK);
            ScriptedChannel broken = rig.last();
            rig.run(() -> {
                broken.put(new IOException("Connection reset"));
                return null;
            });
            rig.start(new Asked("POST").whole("x"), new Heard());
            assertTrue(broken.closed);
            rig.feed(OK);
            rig.start(new Asked("POST").whole("x"), new Heard());
            assertEquals(3, rig.dialed.size(), "the third looks open");
            rig.feed(OK);
            Asked streamed = new Asked("PUT").whole("x");
            streamed.repeatable = false;
            rig.run(() -> {
                rig.last().put(ScriptedChannel.END);
                return null;
            });
            rig.start(streamed, new Heard());
            assertEquals(4, rig.dialed.size(), "a body that is streamed cannot be repeated either");
        }
    }

    @Test
    void aRequestThatCannotBeRepeatedTakesNoneThatIdledForLong() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.run(() -> {
                rig.peer(0).habit().closedAfter(1000);
                return null;
            });
            rig.start(new Asked("POST").whole("x"), new Heard());
            assertEquals(2, rig.dialed.size());
            assertTrue(rig.dialed.get(0).closed);
        }
    }

    @Test
    void aKeptConnectionThatDiesWithoutAByteSaysSo() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            Heard heard = new Heard();
            rig.start(new Asked("POST").whole("x"), heard);
            rig.feed(ScriptedChannel.END);
            assertEquals(Cause.HEAD_CLOSED_ON_REUSE, heard.failure.cause());
            assertTrue(
                    heard.failure
                            .detail()
                            .startsWith(
                                    "the upstream closed a kept connection before any byte of a response, connection reused, age "));
            assertTrue(heard.failure.detail().endsWith(", 1 request served"));
        }
    }

    @Test
    void whereAPlaceIsWantedNoneIsKept() throws Exception {
        try (Rig rig = rig(1, ", max_connections: 1, timeouts: { connect: 10s }")) {
            Heard first = new Heard();
            rig.start(new Asked("GET"), first);
            Heard second = new Heard();
            rig.start(new Asked("GET"), second);
            assertEquals(1, rig.dialed.size());
            rig.feed(OK);
            assertEquals(DONE, first.told());
            assertTrue(rig.dialed.get(0).closed);
            assertEquals(2, rig.dialed.size());
            rig.feed(OK);
            assertEquals(DONE, second.told());
            assertEquals(1, rig.upstream.idleConnections());
        }
    }

    @Test
    void anIdleConnectionIsClosedForWhoeverWaitsForItsPlace() throws Exception {
        try (Rig rig = new Rig(
                root,
                1,
                "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\" ], max_connections: 1, next_upstream: { tries: 1 }")) {
            rig.exchange(OK);
            assertEquals(1, rig.upstream.idleConnections());
            Heard heard = new Heard();
            rig.start(new Asked("GET"), heard);
            rig.settle();
            assertTrue(rig.dialed.get(0).closed);
            assertEquals("/127.0.0.1:2", rig.addresses.get(1));
            rig.feed(OK);
            assertEquals(DONE, heard.told());
        }
    }

    @Test
    void aClosedUpstreamKeepsNothing() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            Heard heard = new Heard();
            rig.exchange(OK);
            rig.start(new Asked("GET"), heard);
            rig.upstream.close();
            rig.feed(OK);
            assertEquals(DONE, heard.told());
            assertTrue(rig.last().closed);
            nothingIsLeft(rig);
        }
    }
}
