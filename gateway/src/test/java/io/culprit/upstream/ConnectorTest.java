package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.upstream.request.ClientRoute;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** New connections: within the budgets, within timeouts.connect, and why there is none. */
class ConnectorTest {
    private static final String TCP = "servers: [ \"127.0.0.1:1\" ]";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private static void nothingIsLeft(Rig rig) {
        assertEquals(0, rig.upstream.budget().open());
        assertEquals(0, rig.peer(0).budget().open());
        assertEquals(0, rig.peer(0).active());
        assertFalse(rig.upstream.budget().wanted() || rig.peer(0).budget().wanted());
    }

    @ParameterizedTest
    @CsvSource({
        "Connection refused, connect.refused, connect.refused, ECONNREFUSED",
        "Connection reset by peer, connect.refused, connect.refused, ECONNRESET",
        "Broken pipe, connect.refused, connect.refused, EPIPE",
        "Connection timed out, connect.kernel-timeout, connect.kernel-timeout, ETIMEDOUT",
        "No route to host, connect.unreachable, connect.unreachable, EHOSTUNREACH",
        "Network is unreachable, connect.unreachable, connect.unreachable, ENETUNREACH",
        "Permission denied, connect.denied, connect.socket-denied, EACCES",
        "Operation not permitted, connect.denied, connect.socket-denied, EPERM",
        "No such file or directory, connect.socket-missing, connect.socket-missing, ENOENT",
        "Resource temporarily unavailable, gateway.no-local-port, connect.backlog-full, EAGAIN",
        "Cannot assign requested address, gateway.no-local-port, gateway.no-local-port, EADDRNOTAVAIL",
        "Too many open files, gateway.fd-limit, gateway.fd-limit, EMFILE",
        "Too many open files in system, gateway.fd-limit, gateway.fd-limit, ENFILE",
        "Strange Things, connect.refused, connect.refused, ''"
    })
    void theKernelsErrorIsTheCause(String text, String tcp, String unix, String errno) throws Exception {
        for (boolean atOnce : new boolean[] {true, false}) {
            assertEquals(tcp, refused(TCP, text, errno, atOnce));
            assertEquals(unix, refused("servers: [ \"unix:/run/app.sock\" ]", text, errno, atOnce));
        }
    }

    private String refused(String servers, String text, String errno, boolean atOnce) throws Exception {
        Heard each = new Heard();
        try (Rig rig = new Rig(root, 1, servers)) {
            rig.standing = false;
            rig.refusal = atOnce ? new IOException(text) : null;
            rig.start(new Asked("GET"), each);
            if (!atOnce) {
                rig.run(() -> {
                    rig.last().handler().connectFailed(new IOException(text));
                    return null;
                });
                assertTrue(rig.last().closed);
            }
            rig.settle();
            assertEquals(
                    "connect() to " + rig.peer(0).name() + ": " + (errno.isEmpty() ? text : text.toLowerCase()),
                    each.failure.detail());
            assertEquals(errno, each.failure.errno());
            nothingIsLeft(rig);
        }
        return each.failure.cause().id();
    }

    @Test
    void aPeerThatDoesNotAnswerIsGivenUpAfterTheConnectTimeout() throws Exception {
        try (Rig rig = new Rig(root, 1, TCP + ", timeouts: { connect: 50ms }")) {
            rig.standing = false;
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            Rig.await("it is given up", () -> heard.over);
            assertEquals("connect.timeout: no answer from 127.0.0.1:1 within timeouts.connect of 50 ms", heard.why());
            assertEquals("ETIMEDOUT", heard.failure.errno());
            assertTrue(call.attempts().get(0).connectNanos() >= 50_000_000);
            assertTrue(rig.last().closed);
            assertEquals(1, rig.last().closes);
            nothingIsLeft(rig);
        }
    }

    @Test
    void aConnectionThatStandsIsNoLongerTimed() throws Exception {
        try (Rig rig = new Rig(root, 1, TCP + ", timeouts: { connect: 300ms, read: 10s }")) {
            rig.standing = false;
            rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                rig.last().stand();
                return null;
            });
            rig.pass(500); // the response may take its time
            assertFalse(heard.over);
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
        }
    }

    @Test
    void whoFindsNoPlaceIsToldSoAfterTheConnectTimeout() throws Exception {
        String limited =
                "max_connections: 1, timeouts: { connect: 300ms, read: 10s }, next_upstream: { on: [ error ] }";
        for (String limit : new String[] {
            TCP + ", " + limited,
            "servers: [ { address: \"127.0.0.1:1\", max_connections: 1 }, \"127.0.0.1:2\" ], " + limited
        }) {
            Heard waiting = new Heard();
            try (Rig rig = new Rig(root, 1, limit)) {
                rig.start(new Asked("GET"), new Heard());
                rig.start(new Asked("GET"), waiting);
                assertTrue(rig.upstream.budget().wanted());
                Rig.await("it is told", () -> waiting.over);
                assertEquals(
                        "pool.full: no connection could be opened within timeouts.connect of 300 ms: all allowed ones stayed"
                                + " in use",
                        waiting.why());
                assertEquals(1, rig.dialed.size());
                assertFalse(rig.upstream.budget().wanted());
                assertEquals(1, rig.upstream.budget().open());
                rig.feed(OK);
                assertEquals(1, rig.upstream.idleConnections());
            }
        }
    }

    /** Other upstreams' loops keep a server's places: here a kept connection is of a peer whose budget is full. */
    @Test
    void aServersPlaceIsReclaimedFromItsOwnIdleConnections() throws Exception {
        String servers = "servers: [ { address: \"127.0.0.1:1\", max_connections: 1 } ]";
        try (Rig rig = new Rig(root, 2, servers)) {
            rig.exchange(OK);
            ScriptedChannel kept = rig.last();
            rig.run(1, () -> {
                new UpstreamCall(rig.upstream, rig.loop(1), new Asked("GET"), heard).start(System.nanoTime());
                return null;
            });
            rig.settle();
            assertTrue(kept.closed);
            assertEquals(2, rig.dialed.size());
            assertEquals(1, rig.peer(0).budget().open());
            assertEquals(1, rig.upstream.budget().open());
        }
    }

    @Test
    void whoLeavesWhileHeWaitsTakesNoPlace() throws Exception {
        try (Rig rig = new Rig(root, 1, TCP + ", max_connections: 1")) {
            Heard first = new Heard();
            rig.start(new Asked("GET"), first);
            UpstreamCall waiting = rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                waiting.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                waiting.cancel(Failure.of(Cause.CLIENT_CLOSED, "twice"));
                return null;
            });
            assertEquals(1, waiting.attempts().size());
            assertFalse(rig.upstream.budget().wanted());
            rig.feed(OK);
            assertEquals(1, rig.dialed.size());
            assertEquals(1, rig.upstream.idleConnections());
        }
    }

    /** The grant is under way on the loop when he leaves. */
    @Test
    void aPlaceGrantedToWhoHasLeftIsGivenBack() throws Exception {
        for (String settings : new String[] {
            TCP + ", max_connections: 1", "servers: [ { address: \"127.0.0.1:1\", max_connections: 1 } ]"
        }) {
            try (Rig rig = new Rig(root, 1, settings)) {
                Upstream upstream = rig.upstream;
                boolean ofPeer = settings.contains("{");
                rig.run(() -> {
                    assertTrue((ofPeer ? rig.peer(0).budget() : upstream.budget()).tryAcquire());
                    return null;
                });
                UpstreamCall waiting = rig.start(new Asked("GET"), heard);
                rig.run(() -> {
                    (ofPeer ? rig.peer(0).budget() : upstream.budget()).release();
                    waiting.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                    return null;
                });
                rig.settle();
                assertEquals(0, rig.dialed.size());
                nothingIsLeft(rig);
            }
        }
    }

    @Test
    void whoLeavesWhileItConnectsClosesIt() throws Exception {
        try (Rig rig = new Rig(root, 1, TCP)) {
            rig.standing = false;
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                call.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                rig.last().handler().connectFailed(new IOException("late"));
                return null;
            });
            assertTrue(rig.last().closed);
            assertFalse(heard.over);
            nothingIsLeft(rig);
        }
    }

    @Test
    void aThreadThatEndsWhileItConnects() throws Exception {
        try (Rig rig = new Rig(root, 1, TCP)) {
            rig.standing = false;
            rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                rig.last().handler().readable();
                rig.last().handler().writable();
                rig.last().handler().abandoned("the thread ends");
                return null;
            });
            assertEquals("gateway.internal: the thread ends", heard.why());
            nothingIsLeft(rig);
        }
    }

    @Test
    void thePreambleGoesAheadOfTheRequest() throws Exception {
        try (Rig rig = new Rig(root, 1, TCP + ", proxy_protocol: v1")) {
            Asked request = new Asked("GET");
            request.route = Optional.of(
                    new ClientRoute(new InetSocketAddress("192.0.2.7", 40000), new InetSocketAddress("192.0.2.1", 80)));
            rig.start(request, heard);
            assertEquals(
                    "PROXY TCP4 192.0.2.7 192.0.2.1 40000 80\r\nGET /\n",
                    rig.last().taken());
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
        }
    }

    @Test
    void aPreambleThatIsNotTakenIsAFailure() throws Exception {
        try (Rig rig = new Rig(root, 1, TCP + ", proxy_protocol: v1")) {
            rig.standing = false;
            rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                rig.last().takes = 5;
                rig.last().stand();
                return null;
            });
            rig.settle();
            assertEquals("send.timeout: the socket to 127.0.0.1:1 does not take the PROXY preamble", heard.why());
            assertEquals("PROXY", rig.last().taken());
            nothingIsLeft(rig);
            Heard broken = new Heard();
            rig.start(new Asked("GET"), broken);
            rig.run(() -> {
                rig.last().breaks = new IOException("Broken pipe");
                rig.last().stand();
                return null;
            });
            rig.settle();
            assertEquals("connect.refused: connect() to 127.0.0.1:1: broken pipe", broken.why());
            nothingIsLeft(rig);
        }
    }
}
