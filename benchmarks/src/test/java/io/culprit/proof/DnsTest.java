package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names against a name server written out in bytes. */
class DnsTest {
    private HttpUpstream sim;
    private FakeNameServer names;

    /** Answers A questions with one address and a TTL of a second, or with an rcode, or not at all. */
    private static final class FakeNameServer implements AutoCloseable {
        private final DatagramSocket socket;
        volatile int rcode;
        volatile boolean silent;
        volatile long slowMillis;
        volatile byte[] address = {127, 0, 0, 1};

        FakeNameServer() throws IOException {
            socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
            Thread thread = new Thread(this::serve, "dns");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve() {
            byte[] buffer = new byte[1500];
            while (!socket.isClosed()) {
                try {
                    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                    socket.receive(packet);
                    if (!silent) {
                        byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
                        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                    }
                } catch (IOException e) {
                    return; // the test is over
                }
            }
        }

        private byte[] answer(byte[] question) throws IOException {
            int end = 12;
            boolean gone = question[13] == 'g' && question[14] == 'o' && question[15] == 'n';
            if (!gone && slowMillis > 0) {
                sleep(slowMillis);
            }
            while (question[end] != 0) {
                end += question[end] + 1;
            }
            end += 5;
            boolean a = question[end - 3] == 1;
            boolean found = rcode == 0 && a && !gone;
            byte[] out = Arrays.copyOf(question, end + (found ? 16 : 0));
            out[2] = (byte) 0x81;
            out[3] = (byte) (0x80 | (gone ? 3 : rcode));
            out[7] = (byte) (found ? 1 : 0);
            out[9] = 0;
            out[11] = 0;
            if (found) {
                byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0};
                System.arraycopy(address, 0, record, 12, 4);
                System.arraycopy(record, 0, out, end, 16);
            }
            return out;
        }

        private static void sleep(long millis) throws IOException {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        names = new FakeNameServer();
    }

    @AfterEach
    void stop() {
        sim.close();
        names.close();
    }

    private TestGateway gateway(String host) throws IOException {
        return TestGateway.start("""
                resolver: { addresses: [ "127.0.0.1:%d" ], timeout: 500ms, max_ttl: 1s }
                upstreams: { app: { servers: [ "%s:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(names.port(), host, sim.port()));
    }

    @Test
    void aNameIsResolvedAtTheFirstRequest() throws IOException {
        try (TestGateway gateway = gateway("app.test")) {
            assertEquals(200, gateway.get("/").status());
        }
    }

    @Test
    void theHostsFileIsHonoured() throws IOException {
        names.silent = true;
        try (TestGateway gateway = gateway("localhost")) {
            assertEquals(200, gateway.get("/").status());
        }
    }

    @Test
    void nxdomainIsNamedWithItsRcode() throws IOException {
        names.rcode = 3;
        try (TestGateway gateway = gateway("nosuch.test")) {
            RawResponse response = gateway.get("/");
            assertEquals("dns.not-found", response.cause());
            assertEquals(502, response.status());
            assertTrue(response.header("Proxy-Status").contains("error=dns_error"), response.head());
            assertTrue(response.header("Proxy-Status").contains("rcode=\"NXDOMAIN\""), response.head());
        }
    }

    @Test
    void servfailAndRefusedAreFailures() throws IOException {
        names.rcode = 2;
        try (TestGateway gateway = gateway("app.test")) {
            assertEquals("dns.failed", gateway.get("/a").cause());
            assertTrue(gateway.failureOf("/a").failure().detail().contains("SERVFAIL"));
        }
        names.rcode = 5;
        try (TestGateway gateway = gateway("app.test")) {
            assertEquals("dns.failed", gateway.get("/b").cause());
            assertTrue(
                    gateway.failureOf("/b").failure().detail().contains("REFUSED"),
                    gateway.failureOf("/b").failure().detail());
        }
    }

    @Test
    void aSilentNameServerIsATimeout() throws IOException {
        names.silent = true;
        try (TestGateway gateway = gateway("app.test")) {
            RawResponse response = gateway.get("/");
            assertEquals("dns.timeout", response.cause(), response.text());
            assertEquals(502, response.status(), "nginx answers 502 here, not 504");
        }
    }

    @Test
    void aChangedAddressIsPickedUpAndAFailingServerTakesNothingAway() throws IOException {
        names.address = new byte[] {127, 0, 0, 9};
        try (TestGateway gateway = gateway("app.test")) {
            gateway.get("/"); // whatever listens on 127.0.0.9: the wildcard listener does not, so it is refused
            names.address = new byte[] {127, 0, 0, 1};
            TestGateway.await("the new address is used", () -> {
                try {
                    return gateway.get("/").status() == 200;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            names.rcode = 2;
            long until = System.nanoTime() + 1_500_000_000L;
            while (System.nanoTime() < until) {
                assertEquals(200, gateway.get("/").status());
            }
        }
    }

    @Test
    void aNameThatIsGoneDoesNotFailARequestAnotherNameCanServe() throws IOException {
        names.slowMillis = 100;
        try (TestGateway gateway = TestGateway.start("""
                resolver: { addresses: [ "127.0.0.1:%d" ], timeout: 2s }
                upstreams: { app: { servers: [ "gone.test:%d", "good.test:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(names.port(), sim.port(), sim.port()))) {
            assertEquals(200, gateway.get("/").status());
        }
    }
}
