package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Outcome.Ending;
import io.culprit.loop.LoopMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of a request that went nowhere yet, and that its end is recorded once. */
class RequestRecordTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String REQUEST = "PUT /a?b HTTP/1.1\r\nHost: shop.test:81\r\nReferer: http://r/\r\n"
            + "User-Agent: curl/8\r\nX-Request-Id: given\r\nX-Forwarded-For: 198.51.100.7\r\n"
            + "traceparent: 00-" + TRACE + "-b7ad6b7169203331-01\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    Path directory;

    private AnsweredClient client(String settings) throws Exception {
        return new AnsweredClient(directory, REQUEST, settings);
    }

    @Test
    void allOfTheRequestIsInItsOutcome() throws Exception {
        try (AnsweredClient client = client("")) {
            long before = System.nanoTime();
            long wall = System.currentTimeMillis();
            RequestRecord record = client.on(() -> new RequestRecord(client.services, client.exchange));
            Failure failure = Failure.of(Cause.ROUTE_NONE, "nowhere");
            client.on(() -> {
                assertNull(record.route());
                assertEquals("", record.lastPeer());
                record.noRetry("why not");
                record.tunnelEnd(Cause.TUNNEL_CLIENT_IDLE);
                record.write(Ending.FAILED, 404, true, failure);
                return null;
            });
            assertEquals("recorded by 3 ", client.said());
            Outcome outcome = client.recorded.get(0);
            assertEquals(
                    new Outcome.Request(
                            record.requestId(),
                            record.trace(),
                            "192.0.2.1",
                            "PUT",
                            "/a?b",
                            "HTTP/1.1",
                            7,
                            "shop.test:81",
                            "http://r/",
                            "curl/8"),
                    outcome.request());
            assertEquals("192.0.2.1", record.clientAddress());
            assertEquals(new Outcome.Reply(404, 321, 0, true, "tunnel.client-idle"), outcome.reply());
            assertEquals(Outcome.Place.NONE, outcome.place());
            assertEquals(List.of(), outcome.attempts());
            assertSame(failure, outcome.failure());
            assertSame(Ending.FAILED, outcome.ending());
            assertEquals("why not", outcome.noRetry());
            assertEquals(-1, outcome.queueNanos());
            assertEquals(record.startNanos(), outcome.startNanos());
            assertEquals(record.endNanos() - record.startNanos(), outcome.durationNanos());
            assertTrue(record.startNanos() >= before && record.endNanos() <= System.nanoTime());
            assertTrue(Math.abs(outcome.epochMillis() - wall) < 60_000, outcome.epochMillis() + " at " + wall);
        }
    }

    @Test
    void whoIsTrustedNamesClientAndRequest() throws Exception {
        try (AnsweredClient stranger = client("");
                AnsweredClient proxy = client("trusted_proxies: [ 192.0.2.0/24 ]\n")) {
            RequestRecord strangers = stranger.on(() -> new RequestRecord(stranger.services, stranger.exchange));
            RequestRecord proxys = proxy.on(() -> new RequestRecord(proxy.services, proxy.exchange));
            assertEquals("192.0.2.1", strangers.clientAddress());
            assertTrue(strangers.requestId().matches("[0-9a-f]{32}"), strangers.requestId());
            assertEquals("198.51.100.7", proxys.clientAddress());
            assertEquals("given", proxys.requestId());
            assertEquals(TRACE, proxys.trace().traceId());
            assertEquals(TRACE, strangers.trace().traceId());
            assertNotEquals(TRACE, strangers.requestId(), "whoever began the trace may have begun many with it");
        }
    }

    @Test
    void anEndIsRecordedOnce() throws Exception {
        try (AnsweredClient client = client("")) {
            RequestRecord record = client.on(() -> new RequestRecord(client.services, client.exchange));
            client.on(() -> {
                record.write(Ending.DELIVERED, 200, true, null);
                return null;
            });
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> client.on(() -> {
                        record.write(Ending.CLIENT_GONE, 499, false, null);
                        return null;
                    }));
            assertEquals("request " + record.requestId() + " ended twice", e.getMessage());
            assertEquals(1, client.recorded.size());
            assertNull(client.recorded.get(0).failure());
        }
    }

    @Test
    void aRequestWeighsUntilItsEnd() throws Exception {
        int requests = 100;
        try (AnsweredClient client = client("")) {
            client.on(() -> {
                List<RequestRecord> records = new ArrayList<>();
                for (int i = 0; i < requests; i++) {
                    records.add(new RequestRecord(client.services, client.exchange));
                }
                long held = client.budget.heapUsed();
                assertTrue(held >= (long) requests * LoopMemory.REQUEST_BYTES, held + " bytes");
                records.forEach(each -> each.write(Ending.DELIVERED, 200, true, null));
                assertTrue(client.budget.heapUsed() < held / 2, client.budget.heapUsed() + " bytes");
                return null;
            });
        }
    }
}
