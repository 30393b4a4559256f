package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look around after a failure: how long it is waited for, how long it speaks, and whom it asks. */
class ExaminerTest {
    private static final String TCP = "servers: [ \"127.0.0.1:9000\" ]";
    private static final String PHP = TCP + ", protocol: fastcgi, fastcgi: { root: /srv, status_path: /status%s }";
    private static final String HEADING = "  sl  local_address rem_address   st tx_queue rx_queue\n";

    @TempDir
    Path root;

    private final List<String> told = new CopyOnWriteArrayList<>();

    private Rig rig(String settings) throws Exception {
        return new Rig(root, 2, settings);
    }

    private static String text(List<Evidence> evidence) {
        return evidence.stream().map(Evidence::value).collect(Collectors.joining("; "));
    }

    private void listening(int waiting) throws IOException {
        Files.createDirectories(root.resolve("proc/net"));
        Files.writeString(
                root.resolve("proc/net/tcp"),
                HEADING + "   0: 0100007F:2328 00000000:0000 0A 00000000:%08X 00:0\n".formatted(waiting));
    }

    private void examine(Rig rig, int loop, Cause cause) throws Exception {
        rig.run(loop, () -> {
            rig.upstream
                    .examiner()
                    .examine(rig.loop(loop), rig.peer(0), cause, 0, evidence -> told.add(loop + ": " + text(evidence)));
            return null;
        });
        rig.settle();
    }

    /** An answer of PHP-FPM's, in FastCGI's records. */
    static String page(String body) {
        String out = "Content-Type: application/json\r\n\r\n" + body;
        return "\1\6\0\1" + (char) (out.length() >> 8) + (char) (out.length() & 0xff) + "\0\0" + out
                + "\1\3\0\1\0\10\0\0" + "\0\0\0\0\0\0\0\0";
    }

    static String status(int active) {
        return "{\"pool\":\"www\",\"process manager\":\"static\",\"start since\":100,\"active processes\":" + active
                + ",\"idle processes\":0,\"total processes\":" + active + "}";
    }

    /** Whatever the clock says in between: all of it is one thread's work. */
    @Test
    void oneLookServesAllWhoAskMeanwhileAndSoonAfter() throws Exception {
        try (Rig rig = rig(TCP)) {
            listening(3);
            Examiner examiner = rig.upstream.examiner();
            rig.run(() -> {
                examiner.examine(
                        rig.loop(1), rig.peer(0), Cause.HEAD_TIMEOUT, 0, evidence -> told.add("1: " + text(evidence)));
                examiner.examine(rig.loop(), rig.peer(0), Cause.HEAD_TIMEOUT, 0, evidence -> {
                    told.add("0: " + text(evidence));
                    try {
                        listening(9);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                    examiner.examine(
                            rig.loop(), rig.peer(0), Cause.HEAD_TIMEOUT, 0, again -> told.add("again: " + text(again)));
                    examiner.examine(
                            rig.loop(),
                            rig.peer(0),
                            Cause.CONNECT_BACKLOG_FULL,
                            0,
                            other -> told.add("other: " + text(other)));
                });
                return null;
            });
            rig.settle();
            String found = "the pool is exhausted: 0 workers busy, 3 waiting to be accepted";
            Rig.await("all are told", () -> told.size() == 4);
            assertTrue(told.stream().anyMatch(each -> each.startsWith("1: " + found)), told.toString());
            assertTrue(told.stream().anyMatch(each -> each.startsWith("0: " + found)), told.toString());
            assertTrue(told.stream().anyMatch(each -> each.startsWith("again: " + found)), told.toString());
            assertTrue(
                    told.stream().anyMatch(each -> each.startsWith("other: backlog full: 0 workers busy, 3")),
                    told.toString());
            assertEquals(1, rig.looked.get());
        }
    }

    @Test
    void afterAWhileItIsLookedAgain() throws Exception {
        try (Rig rig = rig(TCP)) {
            listening(3);
            examine(rig, 0, Cause.HEAD_TIMEOUT);
            assertEquals(1, rig.looked.get());
            Rig.await("it is stale", () -> {
                try {
                    examine(rig, 0, Cause.HEAD_TIMEOUT);
                    return rig.looked.get() == 2;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertTrue(told.size() > 2);
        }
    }

    @Test
    void aFailureWaitsNoLongerThanThePatience() throws Exception {
        try (Rig rig = rig(TCP)) {
            rig.looksWait = true;
            listening(3);
            Heard heard = new Heard();
            rig.refusal = new IOException("Connection refused");
            long start = System.nanoTime();
            rig.start(new Asked("GET"), heard);
            Rig.await("it is told without", () -> heard.over);
            assertTrue(System.nanoTime() - start >= Examiner.PATIENCE.toNanos());
            assertEquals(List.of(), heard.failure.evidence());
            rig.look(); // too late for this one
            rig.settle();
            assertEquals(List.of(), heard.failure.evidence());
        }
    }

    @Test
    void whatWasFoundIsInTheFailureAndItsAttempt() throws Exception {
        try (Rig rig = rig(TCP)) {
            listening(3);
            Heard heard = new Heard();
            rig.refusal = new IOException("Connection timed out");
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            assertTrue(heard.over, "nothing helps here");
            assertEquals(List.of(), heard.failure.evidence());
            rig.refusal = null;
            Heard late = new Heard();
            call = rig.start(new Asked("GET"), late);
            rig.feed(new IOException("Connection reset"));
            Rig.await("it is told", () -> late.over);
            assertEquals(
                    List.of(new Evidence("queue", "0 connections accepted, 3 waiting to be")), late.failure.evidence());
            assertEquals(late.failure, call.attempts().get(0).failure());
            assertEquals("no attempt is left of 1", late.noRetry);
        }
    }

    @Test
    void whoHasLeftIsNotTold() throws Exception {
        try (Rig rig = rig(TCP)) {
            rig.looksWait = true;
            Heard heard = new Heard();
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                rig.last().feed(new IOException("Connection reset"));
                call.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                return null;
            });
            rig.settle();
            rig.look();
            rig.settle();
            assertFalse(heard.over);
            assertEquals(1, call.attempts().size());
        }
    }

    @Test
    void thePoolIsAskedOnItsOwnSocketWhereNobodyWaits() throws Exception {
        try (Rig rig = rig(PHP.formatted(""))) {
            listening(0);
            rig.greeting = new Object[] {page(status(2))};
            examine(rig, 0, Cause.HEAD_TIMEOUT);
            assertEquals("/127.0.0.1:9000", rig.addresses.get(0));
            assertTrue(rig.last().taken().contains("/status"));
            assertTrue(told.get(0).contains("the script itself was slow: 1 of 2 workers are busy"), told.get(0));
            assertTrue(rig.last().closed);
            assertEquals(0, rig.upstream.budget().open(), "a question takes no place");
        }
    }

    @Test
    void aCrowdedPoolIsNotAsked() throws Exception {
        try (Rig rig = rig(PHP.formatted(""))) {
            listening(4);
            examine(rig, 0, Cause.HEAD_TIMEOUT);
            assertEquals(0, rig.dialed.size());
            assertTrue(
                    told.get(0)
                            .contains(
                                    "the status page was asked: not asked, the pool's own socket has a queue; pm.status_listen would answer now"),
                    told.get(0));
        }
    }

    @Test
    void aSocketForQuestionsIsAskedAtOnceEvenOfACrowdedPool() throws Exception {
        try (Rig rig = rig(PHP.formatted(", status_listen: \"127.0.0.1:9001\""))) {
            listening(4);
            rig.greeting = new Object[] {page(status(2))};
            examine(rig, 0, Cause.HEAD_TIMEOUT);
            assertEquals("/127.0.0.1:9001", rig.addresses.get(0));
            assertTrue(told.get(0).contains("0 of 2 workers busy, 4 waiting to be accepted"), told.get(0));
            assertTrue(told.get(0).contains("2 active"), "it did not count its question");
        }
    }

    @Test
    void aPoolThatDoesNotAnswerInTimeIsLetGo() throws Exception {
        try (Rig rig = rig(PHP.formatted(", status_listen: \"127.0.0.1:9001\""))) {
            listening(0);
            examine(rig, 0, Cause.HEAD_TIMEOUT);
            Rig.await("it is told without", () -> rig.last().closed);
            rig.settle();
            assertTrue(told.get(0).contains("the status page was asked: no answer within 250 ms"), told.get(0));
        }
    }

    @Test
    void aPoolThatIsNotEvenReachedInTimeIsLetGoToo() throws Exception {
        try (Rig rig = rig(PHP.formatted(", status_listen: \"127.0.0.1:9001\""))) {
            listening(0);
            rig.standing = false;
            examine(rig, 0, Cause.HEAD_TIMEOUT);
            Rig.await("it is told without", () -> rig.last().closed);
            rig.settle();
            assertTrue(told.get(0).contains("the status page was asked: no answer within 250 ms"), told.get(0));
            assertEquals(1, rig.last().closes);
        }
    }
}
