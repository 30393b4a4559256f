package io.culprit.server.http1;

import static io.culprit.server.http1.Http1Input.Progress.WHOLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What heads, trailers and waiting bytes weigh, and what goes when memory is short. */
class Http1InputMemoryTest {
    private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void memoryIsCountedWhileItIsHeld() throws Exception {
        String trailer = "X-Sum: " + "1".repeat(100) + "\r\n";
        try (InputFixture client = new InputFixture(
                CHUNKED + "0\r\n", trailer + "\r\n" + NEXT, "GET / HTTP/1.1\r\nA: " + "a".repeat(2000))) {
            client.readHead();
            assertEquals("", client.body(4000));
            assertEquals(0, client.memory.held());
            assertEquals("END", client.body(4000));
            long withNext = client.memory.held();
            assertTrue(withNext >= 16 * 1024 + trailer.length(), withNext + " bytes");
            client.on(() -> {
                client.input.exchangeDone(System.nanoTime());
                return null;
            });
            assertEquals(WHOLE, client.readHead());
            assertEquals(0, client.memory.held());
            client.on(() -> {
                client.input.exchangeDone(System.nanoTime());
                return null;
            });
            client.readHead();
            assertTrue(client.memory.held() >= 900, client.memory.held() + " bytes beyond a usual head");
            client.on(() -> {
                client.input.dropHead();
                return null;
            });
            assertEquals(0, client.memory.held());
            client.released();
        }
    }

    @Test
    void aLongHeadFindsNoMemory() throws Exception {
        String begun = "GET / HTTP/1.1\r\nA: " + "a".repeat(2000);
        try (InputFixture client = new InputFixture(begun)) {
            client.on(() -> {
                client.loop.memory().heap(3_000_000);
                return client.input.readHead();
            });
            assertEquals(1, client.told().size());
            String told = client.told().get(0);
            assertTrue(told.startsWith("gateway.memory: no memory for a request head of more than 2019 bytes"), told);
            assertEquals(1, client.loop.memory().budget().refusals());
        }
    }

    @Test
    void anUnfinishedHeadGoesWhenMemoryIsShort() throws Exception {
        try (InputFixture client = new InputFixture("GET /")) {
            client.on(() -> {
                client.loop.memory().heap(3_000_000);
                return client.input.readHead();
            });
            assertEquals(
                    "client.timeout: memory for clients ran short, and of this request's head 5 bytes had come",
                    client.saysSoon());
            assertEquals(0, client.loop.memory().budget().refusals());
        }
        try (InputFixture client = new InputFixture("GET /", " HTTP/1.1\r\nHost: x\r\n\r\n")) {
            client.on(() -> {
                client.input.readHead();
                client.input.readHead();
                client.loop.memory().heap(3_000_000);
                return null;
            });
            client.on(() -> null);
            assertEquals(List.of(), client.told(), "a whole one is no longer among them");
        }
    }

    /** Neither what was rejected nor what is over is ended again. */
    @Test
    void onlyWhatIsUnfinishedGoes() throws Exception {
        try (InputFixture client = new InputFixture("GET /")) {
            client.on(() -> {
                client.input.readHead();
                client.input.stopping();
                client.loop.memory().heap(3_000_000);
                return null;
            });
            assertEquals(1, client.told().size(), client.told().toString());
        }
        try (InputFixture client = new InputFixture("GET /")) {
            client.on(() -> {
                client.input.readHead();
                client.input.release();
                client.loop.memory().heap(3_000_000);
                return null;
            });
            assertEquals(List.of(), client.told());
        }
    }

    @Test
    void aLongHeadWeighsUntilItsExchangeIsDone() throws Exception {
        try (InputFixture client =
                new InputFixture("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(2000) + "\r\n\r\n")) {
            assertEquals(WHOLE, client.readHead());
            assertTrue(client.memory.held() >= 900, client.memory.held() + " bytes");
            client.on(() -> {
                client.input.exchangeDone(System.nanoTime());
                return null;
            });
            assertEquals(0, client.memory.held());
        }
    }

    @Test
    void whatWaitsBehindARefusedHeadIsLetGo() throws Exception {
        try (InputFixture client = new InputFixture(NEXT + NEXT)) {
            client.on(() -> {
                client.input.readHead();
                client.input.refuse(Failure.of(Cause.CLIENT_MISDIRECTED, ""));
                assertEquals(1, client.loop.lent());
                client.input.dropHead();
                assertEquals(0, client.loop.lent());
                return null;
            });
            assertEquals(0, client.memory.held());
        }
    }

    /** One read can bring more behind a body than a pooled buffer holds. */
    @Test
    void muchBehindABodyIsKeptWholeAndCounted() throws Exception {
        String much = NEXT.replace("\r\n\r\n", "\r\nContent-Length: 20000\r\n\r\n") + "m".repeat(20_000);
        try (InputFixture client = new InputFixture(CHUNKED, "0\r\n\r\n" + much)) {
            client.readHead();
            assertEquals("END", client.body(32_000));
            assertEquals(much.length(), client.memory.held());
            client.on(() -> {
                client.input.exchangeDone(System.nanoTime());
                return null;
            });
            assertEquals(WHOLE, client.readHead());
            assertTrue(client.on(client.input::holdsBody));
            StringBuilder body = new StringBuilder();
            for (String part = client.body(30_000); !part.equals("END"); part = client.body(30_000)) {
                assertTrue(!part.isEmpty(), "it ends after " + body.length());
                body.append(part);
            }
            assertEquals("m".repeat(20_000), body.toString());
            assertEquals(0, client.memory.held());
            client.released();
        }
    }
}
