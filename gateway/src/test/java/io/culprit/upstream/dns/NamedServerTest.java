package io.culprit.upstream.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.PeerAddress;
import io.culprit.failure.Cause;
import io.culprit.server.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** An answer's life: asked for once, asked for again, outlived by a failure or not. */
@Tag("slow")
class NamedServerTest {
    private final AtomicInteger changes = new AtomicInteger();
    private FakeNames names;
    private NameService service;

    @BeforeEach
    void start() throws IOException {
        names = new FakeNames();
        service = new NameService(names.resolver(Duration.ofSeconds(5), Duration.ofDays(1)));
    }

    @AfterEach
    void stop() {
        service.close();
        names.close();
    }

    private NamedServer named(String address) {
        return new NamedServer(service, PeerAddress.parse(address).orElseThrow(), changes::incrementAndGet);
    }

    /** Asks, and waits until the answer is told. */
    private static void ask(NamedServer named) throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        assertFalse(named.refresh(told::countDown));
        assertTrue(told.await(10, TimeUnit.SECONDS));
    }

    private static List<String> addresses(NamedServer named) {
        return named.last().orElseThrow().endpoints().stream()
                .map(each -> each.address().getHostAddress())
                .toList();
    }

    /** The answer is there, its servers are not yet: who comes then would find none. */
    @Test
    void whoComesWhileTheServersAreBeingMadeWaitsForThem() throws Exception {
        names.address("app.test.", "192.0.2.1", 300);
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch made = new CountDownLatch(1);
        NamedServer named =
                new NamedServer(service, PeerAddress.parse("app.test:80").orElseThrow(), () -> {
                    making.countDown();
                    try {
                        made.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    changes.incrementAndGet();
                });
        CountDownLatch told = new CountDownLatch(2);
        assertFalse(named.refresh(told::countDown));
        assertTrue(making.await(10, TimeUnit.SECONDS));
        assertFalse(named.refresh(() -> {
            assertEquals(1, changes.get());
            told.countDown();
        }));
        assertEquals(2, told.getCount());
        made.countDown();
        assertTrue(told.await(10, TimeUnit.SECONDS));
        assertTrue(named.refresh(() -> {}));
    }

    @Test
    void allWhoComeBeforeTheFirstAnswerWaitForIt() throws Exception {
        names.address("app.test.", "192.0.2.1", 300);
        names.held = new CountDownLatch(1);
        NamedServer named = named("app.test:80");
        assertEquals(Optional.empty(), named.last());
        CountDownLatch told = new CountDownLatch(2);
        assertFalse(named.refresh(told::countDown));
        assertFalse(named.refresh(told::countDown));
        names.held.countDown();
        assertTrue(told.await(10, TimeUnit.SECONDS));
        assertEquals(List.of("192.0.2.1"), addresses(named));
        assertEquals(1, changes.get());
        assertEquals(List.of("A app.test.", "AAAA app.test."), names.questions(), "one look-up for both");
        AtomicInteger late = new AtomicInteger();
        assertTrue(named.refresh(late::incrementAndGet));
        assertEquals(0, late.get(), "there is an answer already");
        assertEquals(2, names.questions().size(), "which is good for five minutes");
    }

    @Test
    void aServiceIsAskedForByItsRecords() throws Exception {
        names.service("_http._tcp.app.test.", 300, 1, 1, 8080, "one.test.");
        names.address("one.test.", "192.0.2.1", 300);
        NamedServer named = named("srv:_http._tcp.app.test");
        ask(named);
        assertEquals(8080, named.last().orElseThrow().endpoints().get(0).port());
        assertEquals("SRV _http._tcp.app.test.", names.questions().get(0));
    }

    /** Without anybody's asking, at the end of the TTL; and what has not changed is no news. */
    @Test
    void anOldAnswerIsAskedForAgainByItself() throws Exception {
        names.address("app.test.", "192.0.2.1", 1);
        NamedServer named = named("app.test:80");
        ask(named);
        long start = System.nanoTime();
        Engine.await("asked again", () -> names.questions().size() > 3);
        assertTrue(System.nanoTime() - start > 500_000_000L, "not before the TTL is over");
        assertEquals(1, changes.get());
        names.address("app.test.", "192.0.2.2", 1);
        Engine.await("news", () -> changes.get() == 2);
        assertEquals(List.of("192.0.2.1", "192.0.2.2"), addresses(named));
        assertTrue(named.refresh(() -> {}));
    }

    @Test
    void aNameServerThatFailsTakesNothingAwayAndANameThatIsGoneDoes() throws Exception {
        names.address("app.test.", "192.0.2.1", 1);
        NamedServer named = named("app.test:80");
        ask(named);
        names.rcode = Rcode.SERVFAIL;
        int before = names.questions().size();
        Engine.await(
                "asked again",
                () -> named.refresh(() -> {}) && names.questions().size() > before + 2);
        assertEquals(List.of("192.0.2.1"), addresses(named));
        assertEquals(1, changes.get());
        names.rcode = Rcode.NOERROR;
        names.forget();
        Engine.await("it is gone", () -> {
            named.refresh(() -> {});
            return changes.get() == 2;
        });
        assertEquals(
                Cause.DNS_NOT_FOUND,
                named.last().orElseThrow().failure().orElseThrow().cause());
    }

    /** For a second a failure is an answer, too: a flood of requests must not be a flood of questions. */
    @Test
    void aFailureIsBelievedForAMomentAndThenAskedAbout() throws Exception {
        NamedServer named = named("no.test:80");
        ask(named);
        assertEquals(1, changes.get());
        int asked = names.questions().size();
        assertTrue(named.refresh(() -> {}));
        assertEquals(asked, names.questions().size());
        names.address("no.test.", "192.0.2.1", 300);
        CountDownLatch told = new CountDownLatch(1);
        Engine.await("it is old", () -> !named.refresh(told::countDown));
        assertTrue(told.await(10, TimeUnit.SECONDS));
        assertEquals(List.of("192.0.2.1"), addresses(named));
        assertEquals(2, changes.get());
    }

    @Test
    void whatNobodyNeedsIsNotAskedForAgain() throws Exception {
        names.address("app.test.", "192.0.2.1", 1);
        names.address("other.test.", "192.0.2.2", 1);
        NamedServer closed = named("app.test:80");
        ask(closed);
        closed.close();
        int before = names.questions().size();
        NamedServer open = named("other.test:80");
        ask(open);
        Engine.await(
                "the other one is asked for twice more",
                () -> names.questions().stream().filter("A other.test."::equals).count() >= 3);
        assertFalse(names.questions().subList(before, names.questions().size()).contains("A app.test."));
    }

    @Test
    void oneThatIsClosedBeforeItsAnswerAsksNoMore() throws Exception {
        names.address("app.test.", "192.0.2.1", 1);
        names.address("other.test.", "192.0.2.2", 1);
        NamedServer closed = named("app.test:80");
        closed.close();
        ask(closed);
        NamedServer open = named("other.test:80");
        ask(open);
        Engine.await(
                "the other one is asked for twice more",
                () -> names.questions().stream().filter("A other.test."::equals).count() >= 3);
        assertEquals(1, names.questions().stream().filter("A app.test."::equals).count());
    }
}
