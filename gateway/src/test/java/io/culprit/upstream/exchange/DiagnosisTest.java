package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Evidence;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.ScriptedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same end is another cause wherever it comes. */
class DiagnosisTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
    private static final IOException RESET = new IOException("Connection reset by peer");
    private static final IOException VANISHED = new IOException("Connection timed out");

    @TempDir
    Path root;

    private String why(Object... events) throws Exception {
        Heard heard = new Heard();
        heard.committed = true;
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
            rig.start(new Asked("GET"), heard);
            rig.feed(events);
            assertTrue(rig.last().closed);
            assertEquals("the response had already begun", heard.noRetry);
        }
        return heard.why() + " " + heard.failure.errno();
    }

    @Test
    void anEndBeforeTheFirstByte() throws Exception {
        String why = why(ScriptedChannel.END);
        assertTrue(
                why.matches(
                        "head.closed: the upstream closed before any byte of a response, [0-9]+ [mu]s after the request was"
                                + " sent, fresh connection "),
                why);
        why = why("HTTP/1.1 103 H\r\n\r\n", ScriptedChannel.END);
        assertTrue(
                why.startsWith(
                        "head.closed: the upstream closed before any byte of a response, after 1 interim response, "),
                why);
    }

    @Test
    void anEndBeforeTheRequestWasSent() throws Exception {
        Heard heard = new Heard();
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
            rig.start(new Asked("POST").with("more is to come"), heard);
            rig.feed(ScriptedChannel.END);
        }
        assertEquals(
                "head.closed: the upstream closed before any byte of a response, before the request was fully sent, fresh connection",
                heard.why());
    }

    @Test
    void anEndInsideTheHead() throws Exception {
        assertEquals(
                "head.truncated: the upstream closed after 8 bytes of an incomplete response head, fresh connection ",
                why("HTTP/1.1", ScriptedChannel.END));
        assertEquals(
                "head.truncated: the upstream closed after 1 byte of an incomplete response head, fresh connection ",
                why("H", ScriptedChannel.END));
    }

    @Test
    void anEndInsideTheBody() throws Exception {
        assertEquals(
                "body.truncated: the upstream closed after 2 of 4 bytes of the body ",
                why(HEAD + "bo", ScriptedChannel.END));
        assertEquals(
                "body.truncated: the upstream closed after 2 bytes of a chunked body that has no end yet ",
                why("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n", ScriptedChannel.END));
        assertEquals(
                "body.reset: the connection broke after 2 bytes of a body that ends with the connection ECONNRESET",
                why("HTTP/1.1 200 OK\r\n\r\nbo", RESET));
    }

    @Test
    void anEndThatTlsDidNotAnnounceCutsABodyWithoutALength() throws Exception {
        Heard heard = new Heard();
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
            rig.start(new Asked("GET"), heard);
            rig.last().endsProperly = false;
            heard.committed = true;
            rig.feed("HTTP/1.1 200 OK\r\n\r\nbo", ScriptedChannel.END);
        }
        assertEquals(
                "body.truncated: the upstream closed without TLS's end (close_notify) after 2 bytes of a body that ends with the"
                        + " connection",
                heard.why());
    }

    @Test
    void aReset() throws Exception {
        assertEquals(
                "head.reset: the upstream reset the connection after 0 bytes of a response, fresh connection ECONNRESET",
                why(RESET));
        assertEquals(
                "head.reset: the upstream reset the connection after 4 bytes of a response and 1 interim response, fresh"
                        + " connection ECONNRESET",
                why("HTTP/1.1 103 H\r\n\r\nHTTP", RESET));
        assertEquals(
                "body.reset: the connection broke after 2 of 4 bytes of the body ECONNRESET", why(HEAD + "bo", RESET));
    }

    @Test
    void aPeerThatVanished() throws Exception {
        assertEquals(
                "head.kernel-timeout: the kernel gave the connection up, the peer vanished ETIMEDOUT", why(VANISHED));
        assertEquals("body.reset: the connection broke after 0 of 4 bytes of the body ETIMEDOUT", why(HEAD, VANISHED));
    }

    @Test
    void aKeptConnectionThatBreaksTellsThePeersHabit() throws Exception {
        for (Object end : new Object[] {ScriptedChannel.END, RESET}) {
            Heard heard = new Heard();
            heard.committed = true;
            try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
                rig.exchange(HEAD + "body");
                rig.start(new Asked("GET"), heard);
                rig.run(() -> {
                    for (int i = 0; i < 3; i++) {
                        rig.peer(0).habit().closedAfter(TimeUnit.SECONDS.toNanos(5));
                    }
                    return null;
                });
                rig.feed(end);
            }
            String how = end == RESET ? "reset" : "closed";
            assertTrue(
                    heard.why().startsWith("head.closed-on-reuse: the upstream " + how + " a kept connection before"),
                    heard.why());
            assertEquals(end == RESET ? "ECONNRESET" : "", heard.failure.errno());
            assertEquals(
                    List.of(new Evidence(
                            "finding",
                            "this upstream closes kept connections after 5.00 s; keepalive.idle is 60.00 s")),
                    heard.failure.evidence());
        }
    }

    @Test
    void aKeptConnectionThatHadAnsweredSomethingIsNoStaleOne() throws Exception {
        for (Object end : new Object[] {ScriptedChannel.END, RESET}) {
            Heard heard = new Heard();
            heard.committed = true;
            try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
                rig.exchange(HEAD + "body");
                rig.start(new Asked("GET"), heard);
                rig.feed("HTTP/1.1 103 H\r\n\r\n", end);
            }
            assertEquals(
                    end == RESET ? "head.reset" : "head.closed",
                    heard.failure.cause().id());
        }
    }

    @Test
    void aKeptConnectionThatBreaksWhileItIsSentToIsAStaleOne() throws Exception {
        Heard heard = new Heard();
        heard.committed = true;
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
            rig.exchange(HEAD + "body");
            rig.run(() -> {
                rig.last().breaks = new IOException("Broken pipe");
                return null;
            });
            rig.start(new Asked("GET"), heard);
            rig.settle();
        }
        assertTrue(heard.why().startsWith("head.closed-on-reuse: the upstream reset a kept connection"), heard.why());
        assertEquals("EPIPE", heard.failure.errno());
    }
}
