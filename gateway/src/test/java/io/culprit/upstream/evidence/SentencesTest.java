package io.culprit.upstream.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a failure and an observation add up to, for each combination that says something else. */
class SentencesTest {
    private static final String USER = System.getProperty("user.name");
    private static final Processes.Fpm NONE = new Processes.Fpm(OptionalLong.empty(), Map.of());
    private static final Processes.Fpm ENDING = new Processes.Fpm(OptionalLong.empty(), Map.of("www", 1));
    private static final Processes.Fpm TWO = new Processes.Fpm(OptionalLong.of(7), Map.of("www", 2));
    private static final SocketTable.Listener NOBODY = new SocketTable.Listener(false, 0, 0);

    private Optional<SocketFile> file = Optional.empty();
    private Optional<SocketTable.Listener> listener = Optional.empty();
    private Optional<Processes.Fpm> fpm = Optional.empty();
    private List<String> others = List.of();
    private Optional<String> oom = Optional.empty();
    private Optional<FpmStatus> status = Optional.empty();
    private String trouble = "";
    private boolean unix = true;

    private Observation seen() {
        return new Observation("peer", unix, file, listener, fpm, others, oom, status, trouble);
    }

    private String said(Cause cause) {
        return Finding.sentence(cause, 5_000_000_000L, seen()).orElse("");
    }

    private static Optional<SocketTable.Listener> queue(int waiting, int accepted) {
        return Optional.of(new SocketTable.Listener(true, waiting, accepted));
    }

    private static Optional<FpmStatus> status(long since, long active, long total, long queue) {
        return Optional.of(new FpmStatus("www", "static", since, active, total - active, total, queue, 128, 3, 7));
    }

    @Test
    void whoIsMissing() {
        assertEquals("", said(Cause.CONNECT_SOCKET_MISSING));
        fpm = Optional.of(NONE);
        assertEquals("peer does not exist and no php-fpm runs: start it", said(Cause.CONNECT_SOCKET_MISSING));
        fpm = Optional.of(TWO);
        assertEquals(
                "peer does not exist although php-fpm runs: its pool listens elsewhere; compare the pool's listen with servers",
                said(Cause.CONNECT_SOCKET_MISSING));
        others = List.of("/a", "/b");
        assertEquals(
                "peer does not exist, but somebody listens on /a, /b: correct servers, or the pool's listen",
                said(Cause.CONNECT_SOCKET_MISSING));
    }

    @Test
    void whoIsKeptOut() {
        assertEquals("", said(Cause.CONNECT_SOCKET_DENIED));
        file = Optional.of(new SocketFile(SocketFile.State.HIDDEN, "", ""));
        assertEquals(
                "peer lies behind a directory that " + USER
                        + " may not search: open the directory, or run the gateway as" + " another user",
                said(Cause.CONNECT_SOCKET_DENIED));
        file = Optional.of(new SocketFile(SocketFile.State.SOCKET, "a:b", "0600"));
        assertEquals(
                "peer belongs to a:b with mode 0600 and we run as " + USER
                        + ": set listen.owner, listen.group or listen.mode"
                        + " in the pool, or run the gateway in that group",
                said(Cause.CONNECT_SOCKET_DENIED));
    }

    @Test
    void whoIsRefused() {
        assertEquals("", said(Cause.CONNECT_REFUSED));
        listener = queue(0, 0);
        assertEquals("", said(Cause.CONNECT_REFUSED), "somebody listens");
        listener = Optional.of(NOBODY);
        assertEquals(
                "peer is a leftover: the file is there and nobody listens; start it, and look in its log why it ended",
                said(Cause.CONNECT_REFUSED));
        unix = false;
        oom = Optional.of("killed");
        assertEquals(
                "nobody listens on peer; start it, and look in its log why it ended; killed",
                said(Cause.CONNECT_REFUSED));
        oom = Optional.empty();
        fpm = Optional.of(TWO);
        assertEquals(
                "nobody listens on peer; php-fpm runs, so its pool listens elsewhere", said(Cause.CONNECT_REFUSED));
        fpm = Optional.of(ENDING);
        assertEquals(
                "nobody listens on peer; no php-fpm master runs: start it, and look in its log why it ended",
                said(Cause.CONNECT_REFUSED));
        file = Optional.of(new SocketFile(SocketFile.State.NOT_A_SOCKET, "a:b", "0600"));
        assertEquals(
                "peer is not a socket but an ordinary file: remove it and restart the pool",
                said(Cause.CONNECT_REFUSED));
    }

    @Test
    void whoseBacklogIsFull() {
        assertEquals("", said(Cause.CONNECT_BACKLOG_FULL));
        listener = Optional.of(NOBODY);
        assertEquals("", said(Cause.CONNECT_BACKLOG_FULL));
        listener = queue(0, 1);
        assertEquals(
                "backlog full: 1 worker busy, 0 waiting in a backlog of 0; raise pm.max_children or shorten requests",
                said(Cause.CONNECT_BACKLOG_FULL));
        listener = queue(5, 2);
        fpm = Optional.of(new Processes.Fpm(OptionalLong.of(7), Map.of("www", 3)));
        assertTrue(said(Cause.CONNECT_BACKLOG_FULL)
                .startsWith("backlog full: 2 workers busy, 5 waiting in a backlog of 4;"));
        fpm = Optional.of(TWO);
        assertTrue(said(Cause.CONNECT_BACKLOG_FULL).startsWith("backlog full: 2 of 2 workers busy, "));
        fpm = Optional.of(new Processes.Fpm(OptionalLong.of(7), Map.of("www", 2, "api", 2)));
        assertTrue(said(Cause.CONNECT_BACKLOG_FULL).startsWith("backlog full: 2 workers busy, "), "whose are they?");
        status = status(9, 1, 1, 0);
        assertTrue(said(Cause.CONNECT_BACKLOG_FULL).startsWith("backlog full: 2 of 2 workers busy, "), "its page lags");
    }

    @Test
    void whoIsSlow() {
        for (Cause cause : List.of(Cause.HEAD_TIMEOUT, Cause.BODY_TIMEOUT, Cause.FASTCGI_OVERLOADED)) {
            status = status(9, 1, 2, 0);
            listener = Optional.empty();
            assertEquals(
                    "the script itself was slow: 1 of 2 workers are busy and nobody waits; look at the pool's slow log (7 slow"
                            + " requests so far)",
                    said(cause));
            status = status(9, 2, 2, 4);
            assertEquals(
                    "the pool is exhausted: 4 waiting to be accepted; raise pm.max_children, shorten requests, or refuse"
                            + " earlier with max_connections",
                    said(cause));
            listener = queue(5, 2);
            assertTrue(said(cause).startsWith("the pool is exhausted: 2 of 2 workers busy, 5 waiting to be accepted;"));
            listener = Optional.of(new SocketTable.Listener(false, 5, 2));
            status = Optional.empty();
            assertEquals("", said(cause), "nobody listens any more");
        }
        status = status(9, 1, 2, 0);
        listener = queue(0, 1);
        assertEquals("", said(Cause.CONNECT_TIMEOUT));
        assertEquals("", said(Cause.SEND_TIMEOUT));
        listener = queue(1, 1);
        assertTrue(said(Cause.CONNECT_TIMEOUT).startsWith("the pool is exhausted: 1 of 2 workers busy, 1 waiting"));
    }

    @Test
    void whoDied() {
        assertEquals("", said(Cause.HEAD_CLOSED));
        listener = queue(0, 1);
        assertEquals("", said(Cause.HEAD_CLOSED), "no worker is known");
        fpm = Optional.of(TWO);
        assertTrue(said(Cause.HEAD_CLOSED)
                .startsWith("a worker ended in the middle of the request while the pool runs on"));
        listener = Optional.empty();
        assertEquals("", said(Cause.HEAD_CLOSED), "whether it runs on is not known");
        status = status(6, 1, 2, 0);
        assertTrue(said(Cause.HEAD_CLOSED).startsWith("a worker ended in the middle"), "its page answers");
        status = status(5, 1, 2, 0);
        assertEquals(
                "php-fpm was started or reloaded 5 s ago, which ends requests in flight unless process_control_timeout is set",
                said(Cause.HEAD_CLOSED));
        status = status(-1, 1, 2, 0);
        assertTrue(said(Cause.HEAD_CLOSED).startsWith("a worker ended in the middle"), "nobody knows since when");
        status = Optional.empty();
        listener = Optional.of(NOBODY);
        fpm = Optional.of(ENDING);
        assertEquals(
                "nobody listens any more, and php-fpm's last processes are ending: it was stopped; start it",
                said(Cause.HEAD_CLOSED));
        fpm = Optional.of(NONE);
        assertEquals(
                "nobody listens any more and no php-fpm runs: it ended under the request; start it, and look in its log why it"
                        + " ended",
                said(Cause.HEAD_CLOSED));
        oom = Optional.of("killed");
        assertEquals(
                "the upstream's process may have been killed for want of memory: killed; lower pm.max_children or the scripts'"
                        + " memory",
                said(Cause.HEAD_CLOSED));
        fpm = Optional.empty();
        assertEquals("the upstream's process may have been killed for want of memory: killed", said(Cause.HEAD_CLOSED));
    }

    @Test
    void theSentenceIsFollowedByWhatItRestsOn() {
        listener = queue(5, 2);
        fpm = Optional.of(TWO);
        file = Optional.of(new SocketFile(SocketFile.State.MISSING, "", ""));
        oom = Optional.of("killed");
        status = status(9, 1, 2, 4);
        trouble = "late";
        List<Evidence> all = Finding.evidence(Cause.HEAD_TIMEOUT, 0, seen());
        assertEquals(
                "finding fpm fpm socket queue processes oom",
                all.stream().map(Evidence::name).collect(Collectors.joining(" ")));
        assertEquals(
                "pool www, pm static, 1 active, 1 idle, 2 total, listen queue 4 of 128, max children reached 3, slow requests"
                        + " 7, started 9 s ago",
                all.get(1).value());
        assertEquals("the status page was asked: late", all.get(2).value());
        assertEquals("peer does not exist", all.get(3).value());
        assertEquals("2 connections accepted, 5 waiting to be", all.get(4).value());
        assertEquals("php-fpm master 7, workers: pool www with 2", all.get(5).value());
        assertEquals("killed", all.get(6).value());
        listener = Optional.of(NOBODY);
        assertTrue(Finding.evidence(Cause.HEAD_TIMEOUT, 0, seen()).contains(new Evidence("queue", "nobody listens")));
        assertEquals(List.of(), Finding.evidence(Cause.HEAD_TIMEOUT, 0, Observation.nothing("peer")));
    }

    @Test
    void onlySomeFailuresAreHelpedAndFewDependOnTheirAge() {
        assertTrue(Finding.helps(Cause.CONNECT_REFUSED));
        assertFalse(Finding.helps(Cause.HEAD_NOT_HTTP));
        assertFalse(Finding.dependsOnAge(Cause.HEAD_CLOSED, seen()));
        status = status(9, 1, 2, 0);
        assertTrue(Finding.dependsOnAge(Cause.HEAD_CLOSED, seen()));
        assertFalse(Finding.dependsOnAge(Cause.CONNECT_REFUSED, seen()));
    }

    @Test
    void aPagesOwnWorkerIsLeftOut() {
        assertEquals(status(9, 1, 2, 4), status(9, 2, 2, 4).map(FpmStatus::withoutThisQuestion));
        assertEquals(status(9, 0, 2, 4), status(9, 0, 2, 4).map(FpmStatus::withoutThisQuestion));
    }

    @Test
    void allFiguresOfAPageAreRead() {
        String json =
                "{\"pool\":\"www\",\"process manager\":\"static\",\"start since\":9,\"accepted conn\":1,\"listen queue\":4,"
                        + "\"listen queue len\":128,\"idle processes\":1,\"active processes\":1,\"total processes\":2,"
                        + "\"max children reached\":3,\"slow requests\":7,\"processes\":[{\"total processes\":99}]}";
        assertEquals(status(9, 1, 2, 4), FpmStatus.parse(json.getBytes()));
        assertEquals(
                Optional.of(new FpmStatus("", "ondemand", -1, 0, 0, 5, 0, 0, 0, 0)),
                FpmStatus.parse("{\"process manager\":\"ondemand\",\"total processes\":5}".getBytes()));
        assertEquals(Optional.empty(), FpmStatus.parse("{\"process manager\":\"static\"}".getBytes()));
        assertEquals(Optional.empty(), FpmStatus.parse("{\"total processes\":5}".getBytes()));
        assertEquals(Optional.empty(), FpmStatus.parse("[]".getBytes()));
    }
}
