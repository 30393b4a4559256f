package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.upstream.evidence.FpmStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool's status page, asked again and again. */
class PoolWatchTest {
    private static final String ONE = "127.0.0.1:9000";
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration LATE = Duration.ofHours(1);

    @TempDir
    Path root;

    private Rig rig(String servers, String more) throws Exception {
        return new Rig(
                root,
                1,
                "servers: [ %s ], protocol: fastcgi, fastcgi: { root: /srv, status_path: /status%s }"
                        .formatted(servers, more));
    }

    private static PoolWatch start(Rig rig, Duration every) throws Exception {
        PoolWatch watch = new PoolWatch(rig.upstream, rig.loop(), "/status", every);
        watch.start();
        rig.settle();
        return watch;
    }

    private static void feed(Rig rig, int number, Object... events) throws Exception {
        rig.run(() -> {
            rig.dialed.get(number).feed(events);
            return null;
        });
        rig.settle();
    }

    @Test
    void eachServerIsAskedAndItsAnswersAreKept() throws Exception {
        try (Rig rig = rig(
                "\"" + ONE
                        + "\", { address: \"127.0.0.1:9001\", backup: true }, { address: \"127.0.0.1:9002\", down: true }",
                "")) {
            long before = System.currentTimeMillis();
            PoolWatch watch = start(rig, LATE);
            assertEquals(2, rig.dialed.size(), "one is down");
            assertEquals(List.of(ONE, "127.0.0.1:9001", "127.0.0.1:9002"), watch.servers());
            assertEquals(Optional.empty(), watch.latest(ONE));
            assertEquals(List.of(), watch.readings(ONE));
            feed(rig, 0, ExaminerTest.page(ExaminerTest.status(3)));
            FpmStatus latest = watch.latest(ONE).orElseThrow();
            assertEquals(2, latest.active(), "without the question itself");
            assertEquals(1, latest.idle());
            assertEquals(1, watch.readings(ONE).size());
            assertEquals(latest, watch.readings(ONE).get(0).status());
            assertTrue(watch.readings(ONE).get(0).epochMillis() >= before);
            assertEquals("", watch.trouble(ONE));
            assertEquals(Optional.empty(), watch.latest("127.0.0.1:9001"));
        }
    }

    @Test
    void theSocketForQuestionsIsAskedInTheirStead() throws Exception {
        try (Rig rig = rig("\"" + ONE + "\", \"127.0.0.1:9001\"", ", status_listen: \"127.0.0.1:9009\"")) {
            PoolWatch watch = start(rig, LATE);
            assertEquals(List.of("/127.0.0.1:9009"), rig.addresses);
            feed(rig, 0, ExaminerTest.page(ExaminerTest.status(3)));
            assertEquals(3, watch.latest("127.0.0.1:9009").orElseThrow().active());
        }
    }

    @Test
    void itIsAskedAgainButNotWhileAQuestionIsUnderWay() throws Exception {
        try (Rig rig = rig("\"" + ONE + "\"", "")) {
            PoolWatch watch = start(rig, SOON);
            rig.pass(100); // some rounds
            assertEquals(1, rig.dialed.size());
            feed(rig, 0, ExaminerTest.page(ExaminerTest.status(3)));
            Rig.await("it is asked again", () -> rig.dialed.size() == 2);
            feed(rig, 1, ExaminerTest.page(ExaminerTest.status(5)));
            assertEquals(2, watch.readings(ONE).size());
            assertEquals(4, watch.latest(ONE).orElseThrow().active());
            assertEquals(2, watch.readings(ONE).get(0).status().active(), "the oldest first");
            Rig.await("and again", () -> rig.dialed.size() == 3);
            watch.stop();
            feed(rig, 2, ExaminerTest.page(ExaminerTest.status(5)));
            rig.pass(100); // no further round
            assertEquals(3, rig.dialed.size());
        }
    }

    @Test
    void whileAQuestionGoesUnansweredNothingIsTheLatest() throws Exception {
        try (Rig rig = rig("\"" + ONE + "\"", "")) {
            PoolWatch watch = start(rig, SOON);
            rig.refusal = new IOException("Connection refused");
            feed(rig, 0, ExaminerTest.page(ExaminerTest.status(3)));
            Rig.await("it is refused", () -> !watch.trouble(ONE).isEmpty());
            assertEquals("connect.refused, connect() to 127.0.0.1:9000: connection refused", watch.trouble(ONE));
            assertEquals(Optional.empty(), watch.latest(ONE));
            assertFalse(watch.readings(ONE).isEmpty(), "what was said before is still known");
            assertEquals(0, rig.upstream.budget().open());
        }
    }

    @Test
    void aPageThatIsNoneSaysWhatItAnswered() throws Exception {
        try (Rig rig = rig("\"" + ONE + "\"", "")) {
            PoolWatch watch = start(rig, LATE);
            feed(rig, 0, ExaminerTest.page("<html>"));
            assertEquals("it answered 200, which is no status page; check pm.status_path", watch.trouble(ONE));
            PoolWatch other = start(rig, LATE);
            feed(
                    rig,
                    1,
                    ExaminerTest.page("x")
                            .replace("Content-Type: application/json", "Status: 404 Not Foun\r\nX: 12345"));
            assertEquals("it answered 404, which is no status page; check pm.status_path", other.trouble(ONE));
        }
    }

    @Test
    void aPageThatNeverEndsIsReadUpToALimit() throws Exception {
        try (Rig rig = rig("\"" + ONE + "\"", "")) {
            PoolWatch watch = start(rig, LATE);
            String all = ExaminerTest.page(ExaminerTest.status(3) + " ".repeat(20_000));
            String record = all.substring(0, all.length() - 16);
            String more = "\1\6\0\1\u0040\0\0\0" + " ".repeat(16_384);
            feed(rig, 0, record, more, more, more, more, all.substring(all.length() - 16));
            assertEquals(2, watch.latest(ONE).orElseThrow().active());
        }
    }

    @Test
    void ofAServerNobodyAskedNothingIsKnown() throws Exception {
        try (Rig rig = rig("\"" + ONE + "\"", "")) {
            PoolWatch watch = new PoolWatch(rig.upstream, rig.loop(), "/status", LATE);
            assertEquals(List.of(), watch.servers());
            assertEquals(List.of(), watch.readings(ONE));
            assertEquals(Optional.empty(), watch.latest(ONE));
            assertEquals("", watch.trouble(ONE));
        }
    }
}
