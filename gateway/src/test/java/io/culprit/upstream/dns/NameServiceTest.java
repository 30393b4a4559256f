package io.culprit.upstream.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.GatewayConfig.Resolver;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.upstream.dns.NameService.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;

/** Names, their addresses, how long they hold and why there are none. */
class NameServiceTest {
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String SERVICE = "_http._tcp.app.test";

    private FakeNames names;

    @BeforeEach
    void start() throws IOException {
        names = new FakeNames();
    }

    @AfterEach
    void stop() {
        names.close();
    }

    private static <T> T now(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private Answer resolve(String host, Duration maxTtl) throws Exception {
        try (NameService service = new NameService(names.resolver(PATIENT, maxTtl))) {
            return now(service.resolve(host));
        }
    }

    private Answer resolve(String host) throws Exception {
        return resolve(host, DAY);
    }

    private Answer service(String name) throws Exception {
        try (NameService service = new NameService(names.resolver(PATIENT, DAY))) {
            return now(service.resolveService(name));
        }
    }

    private static List<String> addresses(Answer answer) {
        assertEquals(Optional.empty(), answer.failure());
        return answer.endpoints().stream()
                .map(each -> each.address().getHostAddress())
                .toList();
    }

    private static void failed(Cause cause, String detail, String rcode, Answer answer) {
        Failure failure = answer.failure().orElseThrow();
        assertEquals(cause, failure.cause());
        assertTrue(failure.detail().contains(detail), failure.detail());
        assertEquals(new Evidence("rcode", rcode), failure.evidence().get(1));
        assertEquals(List.of(), answer.endpoints());
        assertEquals(Duration.ofSeconds(1), answer.ttl(), "it is asked again soon");
    }

    @Test
    void aLostDatagramAndADeadServerAreNoFailure() throws Exception {
        names.address("app.test.", "192.0.2.1", 300);
        names.lost.set(1);
        try (NameService service = new NameService(names.resolver(Duration.ofSeconds(1), DAY))) {
            assertEquals(List.of("192.0.2.1"), addresses(now(service.resolve("app.test"))));
        }
        try (FakeNames dead = new FakeNames()) {
            dead.silent = true;
            Resolver both = new Resolver(List.of(dead.address(), names.address()), Duration.ofSeconds(2), DAY);
            try (NameService service = new NameService(both)) {
                assertEquals(List.of("192.0.2.1"), addresses(now(service.resolve("app.test"))));
            }
        }
    }

    @Test
    void addressesOfBothFamiliesTheOldOneFirst() throws Exception {
        names.address("app.test.", "2001:db8::1", 300);
        names.address("app.test.", "192.0.2.1", 300);
        Answer answer = resolve("app.test");
        assertEquals(List.of("192.0.2.1", "2001:db8:0:0:0:0:0:1"), addresses(answer));
        assertEquals(List.of("A app.test.", "AAAA app.test."), names.questions());
        NameService.Endpoint first = answer.endpoints().get(0);
        assertEquals("app.test", first.host());
        assertEquals(0, first.port());
        assertEquals(0, first.priority());
        assertEquals(1, first.weight());
        assertEquals(addresses(answer), addresses(resolve("app.test.")), "a dot at its end is no other name");
    }

    @ParameterizedTest
    @CsvSource({
        "30, 20, 40, 86400, 20",
        "30, 40, 20, 86400, 20",
        "20, 30, 40, 86400, 20",
        "30, 30, 40, 25, 25",
        "0, 30, 40, 86400, 1",
        "1, 30, 40, 86400, 1",
        "2, 30, 40, 86400, 2"
    })
    void theShortestTtlCountsWithinItsBounds(long first, long second, long v6, long most, long ttl) throws Exception {
        names.address("app.test.", "192.0.2.1", first);
        names.address("two.test.", "192.0.2.1", second);
        names.address("two.test.", "2001:db8::1", v6);
        assertEquals(
                Duration.ofSeconds(Math.max(1, Math.min(first, most))),
                resolve("app.test", Duration.ofSeconds(most)).ttl());
        names.forget();
        names.address("two.test.", "192.0.2.1", Math.min(first, second));
        names.address("two.test.", "2001:db8::1", v6);
        Answer both = resolve("two.test", Duration.ofSeconds(most));
        assertEquals(2, both.endpoints().size());
        assertEquals(Duration.ofSeconds(ttl), both.ttl());
    }

    @Test
    void oneFamilyIsEnough() throws Exception {
        names.address("four.test.", "192.0.2.1", 300);
        names.address("six.test.", "2001:db8::1", 200);
        assertEquals(List.of("192.0.2.1"), addresses(resolve("four.test")));
        Answer six = resolve("six.test");
        assertEquals(List.of("2001:db8:0:0:0:0:0:1"), addresses(six));
        assertEquals(Duration.ofSeconds(200), six.ttl());
    }

    @Test
    void theHostsFileComesFirst() throws Exception {
        Answer answer = resolve("localhost");
        assertTrue(answer.endpoints().get(0).address().isLoopbackAddress());
        assertEquals("localhost", answer.endpoints().get(0).host());
        assertEquals(Duration.ofSeconds(5), answer.ttl());
        assertEquals(List.of(), names.questions());
    }

    @Test
    void whyThereIsNoAddress() throws Exception {
        failed(Cause.DNS_NOT_FOUND, "\"no.test\": the name does not exist", "NXDOMAIN", resolve("no.test"));
        names.service("srv.test.", 300, 1, 1, 80, "x.test.");
        failed(Cause.DNS_NOT_FOUND, "the name has no address record", "NODATA", resolve("srv.test"));
        failed(Cause.DNS_NOT_FOUND, "the name is malformed", "-", resolve("a..test"));
        names.rcode = Rcode.SERVFAIL;
        failed(Cause.DNS_FAILED, "the name server failed", "SERVFAIL", resolve("no.test"));
        assertEquals("A no.test.", names.questions().get(names.questions().size() - 1), "nothing is asked after that");
    }

    @ParameterizedTest
    @CsvSource({"5, REFUSED", "1, FORMERR", "4, NOTIMP"})
    void aServerThatRefusesIsNamedByItsCode(int rcode, String name) throws Exception {
        names.rcode = rcode;
        failed(Cause.DNS_FAILED, name, name, resolve("no.test"));
    }

    @Test
    void silenceIsATimeout() throws Exception {
        names.silent = true;
        try (NameService service = new NameService(names.resolver(Duration.ofMillis(300), DAY))) {
            long start = System.nanoTime();
            failed(Cause.DNS_TIMEOUT, "no name server answered within 300 ms", "-", now(service.resolve("no.test")));
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(millis >= 250, "it waits for an answer, not only " + millis + " ms");
            failed(Cause.DNS_TIMEOUT, "within 300 ms", "-", now(service.resolveService(SERVICE)));
        }
    }

    @Test
    void aServiceHasServersWithPortsAndWeights() throws Exception {
        names.service(SERVICE + ".", 100, 10, 60, 8080, "one.test.");
        names.service(SERVICE + ".", 90, 20, 0, 65535, "two.test.");
        names.address("one.test.", "192.0.2.1", 80);
        names.address("one.test.", "192.0.2.2", 300);
        names.address("two.test.", "192.0.2.3", 70);
        for (String name : List.of(SERVICE, SERVICE + ".")) {
            Answer answer = service(name);
            assertEquals(
                    List.of("192.0.2.1", "192.0.2.2", "192.0.2.3"),
                    addresses(answer).stream().sorted().toList());
            NameService.Endpoint two = answer.endpoints().stream()
                    .filter(each -> each.address().getHostAddress().equals("192.0.2.3"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("two.test", two.host());
            assertEquals(65535, two.port());
            assertEquals(20, two.priority());
            assertEquals(0, two.weight());
            assertEquals(Duration.ofSeconds(70), answer.ttl(), "the shortest of all that it was made of");
        }
    }

    @Test
    void aServicesOwnTtlBoundsItsAnswer() throws Exception {
        names.service(SERVICE + ".", 7, 1, 1, 80, "one.test.");
        names.address("one.test.", "192.0.2.1", 300);
        assertEquals(Duration.ofSeconds(7), service(SERVICE).ttl());
        names.forget();
        names.service(SERVICE + ".", 0, 1, 1, 80, "one.test.");
        names.address("one.test.", "192.0.2.1", 300);
        assertEquals(Duration.ofSeconds(1), service(SERVICE).ttl());
    }

    @Test
    void aTargetWithoutAnAddressDoesNotTakeTheOthersAway() throws Exception {
        names.service(SERVICE + ".", 100, 1, 1, 80, "gone.test.");
        names.service(SERVICE + ".", 100, 1, 1, 81, "one.test.");
        names.address("one.test.", "192.0.2.1", 80);
        assertEquals(List.of("192.0.2.1"), addresses(service(SERVICE)));
        names.forget();
        names.service(SERVICE + ".", 100, 1, 1, 80, "gone.test.");
        failed(Cause.DNS_NOT_FOUND, "\"gone.test\": the name does not exist", "NXDOMAIN", service(SERVICE));
    }

    @Test
    void whyAServiceHasNoServer() throws Exception {
        failed(Cause.DNS_NOT_FOUND, "the name does not exist", "NXDOMAIN", service(SERVICE));
        names.service(SERVICE + ".", 100, 0, 0, 0, ".");
        failed(Cause.DNS_NOT_FOUND, "the service has no server", "NODATA", service(SERVICE));
        failed(Cause.DNS_NOT_FOUND, "the name is malformed", "-", service("_http..test"));
    }

    @Test
    void aFailureInsideTheGatewayIsAFailureToo() {
        Answer answer = NameService.broken("app.test", new IllegalStateException("oh"));
        failed(Cause.DNS_FAILED, "\"app.test\": the look-up failed: java.lang.IllegalStateException: oh", "-", answer);
    }

    /** Each of many upstreams asks when the gateway starts: none may look into the file's names while another still reads them. */
    @Test
    void whoAsksAtOnceFindsTheHostsFileWhole() throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 200; round++) {
                try (NameService service = new NameService(names.resolver(PATIENT, DAY))) {
                    CyclicBarrier together = new CyclicBarrier(threads);
                    List<Future<Answer>> answers = new ArrayList<>();
                    for (int i = 0; i < threads; i++) {
                        answers.add(pool.submit(() -> {
                            together.await(10, TimeUnit.SECONDS);
                            return now(service.resolve("localhost"));
                        }));
                    }
                    for (Future<Answer> each : answers) {
                        Answer answer = each.get(20, TimeUnit.SECONDS);
                        assertEquals(Optional.empty(), answer.failure(), "round " + round);
                    }
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void whatIsDueLaterRunsUntilTheStop() throws Exception {
        NameService service = new NameService(names.resolver(PATIENT, DAY));
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        service.later(1, () -> ran.complete(Thread.currentThread()));
        Thread thread = now(ran);
        assertEquals("gateway-names", thread.getName());
        assertTrue(thread.isDaemon(), "a stop must not wait for it");
        service.later(TimeUnit.HOURS.toMillis(1), () -> {});
        service.close();
        service.close();
        thread.join(10_000);
        assertFalse(thread.isAlive());
        service.later(0, () -> {}); // nothing happens, nothing is thrown
    }
}
