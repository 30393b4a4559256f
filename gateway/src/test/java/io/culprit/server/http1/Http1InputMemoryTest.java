package io.culprit.server.http1;

import static io.culprit.server.http1.Http1Input.Progress.WHOLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
