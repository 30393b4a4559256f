package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome.Ending;
import io.culprit.http.Field;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.OwnReply;
import io.culprit.reply.ReplyHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer of the gateway's own: when it is given, what is said of its body, and that it is over once. */
class LocalReplyTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    Path directory;

    private AnsweredClient client() throws Exception {
        return new AnsweredClient(directory, GET, "");
    }

    private static LocalReply reply(AnsweredClient client, int status, String body, boolean headRequest) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new LocalReply(
                client.exchange, new OwnReply(new ReplyHead(status), bytes, headRequest), Ending.DELIVERED, null);
    }

    @Test
    void itLeavesWhenTheLoopHasDealtWithWhatWokeIt() throws Exception {
        try (AnsweredClient client = client()) {
            StringBuilder left = new StringBuilder();
            LocalReply reply = reply(client, 200, "body", false);
            client.on(() -> {
                reply.sendSoon(() -> left.append("left"));
                assertFalse(reply.given());
                assertEquals("", left.toString());
                return null;
            });
            assertEquals("drop limits=4100/0 head=200/4/false body=body end ", client.said());
            assertTrue(reply.given());
            assertEquals("left", left.toString(), "no event will tell");
            assertEquals(200, reply.status());
            assertSame(Ending.DELIVERED, reply.ending());
            assertNull(reply.failure());
        }
    }

    @Test
    void whereTheClientTakesNotAllOfItAnEventTells() throws Exception {
        try (AnsweredClient client = client()) {
            client.idle = false;
            StringBuilder left = new StringBuilder();
            LocalReply reply = reply(client, 200, "body", false);
            client.on(() -> {
                reply.sendSoon(() -> left.append("left"));
                return null;
            });
            assertTrue(client.said().endsWith("end "));
            assertEquals("", left.toString());
        }
    }

    /** The gateway's end does not wait for the loop's turn. */
    @Test
    void itIsGivenOnce() throws Exception {
        try (AnsweredClient client = client()) {
            StringBuilder left = new StringBuilder();
            LocalReply reply = reply(client, 200, "body", false);
            client.on(() -> {
                reply.sendSoon(() -> left.append("left"));
                reply.give();
                reply.give();
                return null;
            });
            assertEquals("drop limits=4100/0 head=200/4/false body=body end ", client.said());
            assertEquals("", left.toString(), "who gave it knows");
        }
    }

    @Test
    void whatIsOverIsNotSent() throws Exception {
        try (AnsweredClient client = client()) {
            LocalReply reply = reply(client, 200, "body", false);
            client.on(() -> {
                reply.sendSoon(() -> {
                    throw new AssertionError("it never left");
                });
                assertTrue(reply.over());
                assertFalse(reply.over(), "known before");
                return null;
            });
            assertEquals("drop ", client.said());
            assertFalse(reply.given());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, body, true, 'limits=4100/0 head=200/4/true end '",
        "200, '', false, 'limits=4096/0 head=200/0/false end '",
        "204, '', false, 'limits=4096/0 head=204/-1/true end '",
        "304, '', true, 'limits=4096/0 head=304/-1/true end '",
        "205, '', false, 'limits=4096/0 head=205/0/false end '"
    })
    void aLengthIsSaidWhereThereMayBeABody(int status, String body, boolean headRequest, String said) throws Exception {
        try (AnsweredClient client = client()) {
            client.on(() -> {
                reply(client, status, body, headRequest).give();
                return null;
            });
            assertEquals(said, client.said());
        }
    }

    @Test
    void aReplyThatDoesNotFitIsAFaultOfOurs() throws Exception {
        try (AnsweredClient client = client()) {
            client.breaks = new IOException("full");
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> client.on(() -> {
                        reply(client, 200, "body", false).give();
                        return null;
                    }));
            assertEquals("a reply of 4 bytes does not fit its buffer", e.getMessage());
            assertSame(client.breaks, e.getCause());
        }
    }

    /** One that the dialect's gateway would not have answered at all is 500. */
    @ParameterizedTest
    @CsvSource({"HEAD_TIMEOUT, nginx, 504", "CONNECT_REFUSED, haproxy, 503", "CLIENT_H2_FLOOD, nginx, 500"})
    void aFailureIsToldInTheDialectsWords(Cause cause, String dialect, int status) throws Exception {
        for (String method : List.of("GET", "HEAD")) {
            try (AnsweredClient client = new AnsweredClient(
                    directory,
                    method + " / HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n",
                    "dialect: " + dialect + "\nexpose: full\n")) {
                Failure failure = Failure.of(cause, "the very detail");
                client.on(() -> {
                    RequestRecord record = new RequestRecord(client.services, client.exchange);
                    LocalReply reply = LocalReply.of(failure, client.services, client.exchange, record);
                    assertEquals(status, reply.status());
                    assertSame(Ending.FAILED, reply.ending());
                    assertSame(failure, reply.failure());
                    reply.changed(new HeadChanges(List.of("server"), List.of(new Field("X-Route", "1"))));
                    reply.give();
                    assertTrue(client.replied.fields().contains(new Field("X-Route", "1")));
                    assertTrue(client.replied.fields().contains(new Field("X-Request-Id", record.requestId())));
                    assertTrue(client.replied.fields().contains(new Field("Content-Type", "application/problem+json")));
                    assertFalse(client.replied.fields().stream()
                            .anyMatch(each -> each.name().equals("Server")));
                    return null;
                });
                String said = client.said();
                assertEquals(method.equals("GET"), said.contains("\"detail\":\"the very detail\""), said);
                assertTrue(said.contains("head=" + status + "/") && said.endsWith("end "), said);
                assertEquals(method.equals("HEAD"), said.contains("/true end"), said);
            }
        }
    }
}
