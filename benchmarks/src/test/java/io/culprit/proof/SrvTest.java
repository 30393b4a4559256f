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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Servers that SRV records name, as they come and go. */
class SrvTest {
    private static final String SERVICE = "_http._tcp.app.test.";

    private final List<HttpUpstream> sims = new CopyOnWriteArrayList<>();
    private final List<SRVRecord> records = new CopyOnWriteArrayList<>();
    private DatagramSocket names;

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < 3; i++) {
            sims.add(HttpUpstream.start("127.0.0.1", 0, new Rules()));
        }
        names = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(this::serve, "dns");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void stop() {
        sims.forEach(HttpUpstream::close);
        names.close();
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        while (!names.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                names.receive(packet);
                byte[] answer = answer(new Message(Arrays.copyOf(buffer, packet.getLength())))
                        .toWire();
                names.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private Message answer(Message question) throws IOException {
        Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        Record asked = question.getQuestion();
        answer.addRecord(asked, Section.QUESTION);
        if (asked.getType() == Type.SRV && asked.getName().toString().equals(SERVICE)) {
            records.forEach(each -> answer.addRecord(each, Section.ANSWER));
        } else if (asked.getType() == Type.A && asked.getName().toString().startsWith("pod")) {
            answer.addRecord(
                    new ARecord(asked.getName(), DClass.IN, 1, InetAddress.getByName("127.0.0.1")), Section.ANSWER);
        } else if (!asked.getName().toString().startsWith("pod")) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        }
        return answer;
    }

    private SRVRecord record(int sim, int priority, int weight) throws IOException {
        return new SRVRecord(
                Name.fromString(SERVICE),
                DClass.IN,
                1,
                priority,
                weight,
                sims.get(sim).port(),
                Name.fromString("pod" + sim + ".app.test."));
    }

    private TestGateway gateway(String more) throws IOException {
        return TestGateway.start("""
                resolver: { addresses: [ "127.0.0.1:%d" ], timeout: 500ms, max_ttl: 1s }
                upstreams: { app: { servers: [ "srv:_http._tcp.app.test" ] %s } }
                routes: [ { upstream: app } ]
                """.formatted(names.getLocalPort(), more));
    }

    /** Requests by the port that served them. */
    private static Map<String, Integer> shares(TestGateway gateway, int requests) throws IOException {
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            assertEquals(200, gateway.get("/" + i).status());
        }
        gateway.gateway()
                .upstreams()
                .get("app")
                .peers()
                .group()
                .all()
                .forEach(peer -> shares.merge(peer.id(), 1, Integer::sum));
        return shares;
    }

    @Test
    void everyServerOfTheLowestPriorityIsUsedByItsWeightAndOthersAreBackups() throws Exception {
        records.addAll(List.of(record(0, 10, 3), record(1, 10, 1), record(2, 20, 5)));
        try (TestGateway gateway = gateway("")) {
            assertEquals(200, gateway.get("/").status());
            var group = gateway.gateway().upstreams().get("app").peers().group();
            assertEquals(
                    List.of(3, 1),
                    group.primaries().stream().map(p -> p.weight()).toList());
            assertEquals(1, group.backups().size());
            assertEquals(3, shares(gateway, 8).size());
            sims.get(0).close();
            sims.get(1).close();
            assertEquals(200, gateway.get("/backup").status(), "the other priority takes over");
        }
    }

    @Test
    void serversComeAndGoWithoutALostRequestAndTheOthersKeepWhatIsKnown() throws Exception {
        records.addAll(List.of(record(0, 0, 1), record(1, 0, 1)));
        try (TestGateway gateway = gateway("")) {
            assertEquals(200, gateway.get("/").status());
            var peers = gateway.gateway().upstreams().get("app").peers();
            var first = peers.group().primaries().get(0);
            AtomicInteger good = new AtomicInteger();
            List<String> bad = new CopyOnWriteArrayList<>();
            boolean[] over = new boolean[1];
            Thread load = new Thread(() -> {
                while (!over[0]) {
                    try {
                        RawResponse response = gateway.get("/load");
                        if (response.status() == 200) {
                            good.incrementAndGet();
                        } else {
                            bad.add(response.text());
                        }
                    } catch (IOException e) {
                        bad.add(e.toString());
                    }
                }
            });
            load.start();
            records.add(record(2, 0, 1));
            TestGateway.await(
                    "the third is used", 10_000, () -> peers.group().all().size() == 3);
            assertTrue(first == peers.group().primaries().get(0), "the first is the same as before");
            records.remove(1);
            TestGateway.await(
                    "the second is gone", 10_000, () -> peers.group().all().size() == 2);
            assertTrue(first == peers.group().primaries().get(0));
            int before = good.get();
            TestGateway.await("requests go on", 10_000, () -> good.get() > before + 20);
            over[0] = true;
            load.join();
            assertTrue(bad.isEmpty(), bad.toString());
            TestGateway.await(
                    "what was kept to the second is closed",
                    5_000,
                    () -> gateway.gateway().upstreams().get("app").idleConnections() <= 2);
        }
    }

    @Test
    void aServiceThatIsNotThereIsNamed() throws Exception {
        try (TestGateway gateway = gateway("")) {
            RawResponse response = gateway.get("/");
            assertEquals("dns.not-found", response.cause(), response.text());
        }
    }

    /** Nobody asks for minutes; then a POST, which may not be tried twice, comes to the server that took over meanwhile. */
    @Test
    void aQuietGatewayKnowsWhoIsThereNow() throws Exception {
        records.add(record(0, 0, 1));
        try (TestGateway gateway = gateway(", next_upstream: { tries: 1 }")) {
            assertEquals(200, gateway.get("/").status());
            var peers = gateway.gateway().upstreams().get("app").peers();
            records.set(0, record(1, 0, 1));
            sims.get(0).close();
            String next = "127.0.0.1:" + sims.get(1).port();
            TestGateway.await(
                    "it asks by itself",
                    () -> peers.group().all().stream()
                            .anyMatch(peer -> peer.id().equals(next)));
            assertEquals(200, gateway.send(post()).status());
        }
    }

    private static String post() {
        return "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    }

    /** As a rollout does it: the record goes first, the server some seconds later. */
    @Test
    void aRolloutUnderPostsLosesNone() throws Exception {
        records.addAll(List.of(record(0, 0, 1), record(1, 0, 1)));
        try (TestGateway gateway = gateway(", next_upstream: { tries: 1 }")) {
            assertEquals(200, gateway.get("/").status());
            var peers = gateway.gateway().upstreams().get("app").peers();
            AtomicInteger sent = new AtomicInteger();
            List<Integer> bad = new CopyOnWriteArrayList<>();
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(new Thread(() -> {
                    while (!over.get()) {
                        try {
                            int status = gateway.send(post()).status();
                            sent.incrementAndGet();
                            if (status != 200) {
                                bad.add(status);
                            }
                        } catch (IOException e) {
                            bad.add(0);
                        }
                    }
                }));
            }
            clients.forEach(Thread::start);
            for (int round = 0; round < 3; round++) {
                int before = sent.get();
                HttpUpstream fresh = HttpUpstream.start("127.0.0.1", 0, new Rules());
                HttpUpstream old = sims.remove(0);
                sims.add(fresh);
                String gone = "127.0.0.1:" + old.port();
                records.remove(0);
                records.add(record(sims.size() - 1, 0, 1));
                TestGateway.await(
                        "it has left",
                        () -> peers.group().all().stream()
                                .noneMatch(peer -> peer.id().equals(gone)));
                int left = sent.get();
                TestGateway.await("what ran on it is over", () -> sent.get() > left + 50);
                old.close();
                TestGateway.await("they go on", () -> sent.get() > before + 200);
            }
            over.set(true);
            for (Thread each : clients) {
                each.join();
            }
            assertEquals(List.of(), bad, "of " + sent);
        }
    }
}
