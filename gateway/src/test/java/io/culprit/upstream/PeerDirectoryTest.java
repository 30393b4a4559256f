package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the servers that are configured to peers, as names come and go. */
@Tag("slow")
class PeerDirectoryTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path root;

    /** Name servers are asked, and what they said is in force. */
    private static void resolved(Rig rig) throws Exception {
        rig.run(() -> rig.upstream.peers().ready(rig.loop(), () -> {}));
        Rig.await("the names are resolved", () -> rig.upstream.peers().group().size() > 0);
    }

    private static String peers(Upstream upstream) {
        PeerGroup group = upstream.peers().group();
        return text(group.primaries()) + (group.backups().isEmpty() ? "" : " | " + text(group.backups()));
    }

    private static String text(List<Peer> peers) {
        return peers.stream()
                .map(each -> each.id() + "*" + each.weight())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Test
    void literalAddressesAndSocketsStandForThemselves() throws Exception {
        try (Rig rig = new Rig(
                root,
                1,
                "servers: [ { address: \"127.0.0.1:1\", weight: 3 }, \"[2001:db8::1]:80\", { address: \"unix:/run/a\", backup: true } ]")) {
            assertEquals("127.0.0.1:1*3 [2001:db8::1]:80*1 | unix:/run/a*1", peers(rig.upstream));
            assertEquals("/run/a", rig.peer(2).address().toString());
            assertEquals("/[2001:db8:0:0:0:0:0:1]:80", rig.peer(1).address().toString());
            assertEquals("", rig.peer(2).host());
            assertEquals("127.0.0.1", rig.peer(0).host());
            assertTrue(rig.upstream.peers().ready(rig.loop(), () -> {
                throw new AssertionError("nobody is asked");
            }));
            assertTrue(rig.upstream.peers().settled());
        }
    }

    @Test
    void twoServersWithOneAddressAreTwoPeersWithTwoNames() throws Exception {
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\", { address: \"127.0.0.1:1\", weight: 2 } ]")) {
            assertEquals("127.0.0.1:1 #2*2 127.0.0.1:1*1", peers(rig.upstream));
            assertEquals("127.0.0.1:1", rig.peer(1).name());
            Upstream next = rig.successor("servers: [ \"127.0.0.1:1\", { address: \"127.0.0.1:1\", weight: 5 } ]");
            Peer second = rig.peer(1);
            next.inherit();
            assertSame(second, next.peers().group().all().get(1));
            assertEquals("127.0.0.1:1 #2*5 127.0.0.1:1*1", peers(next));
        }
    }

    @Test
    void anotherLimitMakesAnotherPeer() throws Exception {
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\" ]")) {
            Upstream next =
                    rig.successor("servers: [ { address: \"127.0.0.1:1\", max_connections: 4 }, \"127.0.0.1:2\" ]");
            next.inherit();
            List<Peer> all = next.peers().group().all();
            assertNotSame(rig.peer(0), all.get(0));
            assertEquals(4, all.get(0).maxConnections());
            assertSame(rig.peer(1), all.get(1));
            assertTrue(rig.peer(0).gone());
            assertFalse(rig.peer(1).gone());
        }
    }

    @Test
    void aNameStandsForAllItsAddressesAndACallWaitsForThem() throws Exception {
        try (NameServer names = new NameServer()) {
            names.a("app.test.", "127.0.0.1");
            names.a("app.test.", "127.0.0.2");
            names.a("app.test.", "127.0.0.2");
            names.hold();
            try (Rig rig =
                    new Rig(root, 1, "servers: [ { address: \"app.test:80\", weight: 2 } ]", names.addresses())) {
                assertFalse(rig.upstream.peers().settled());
                Heard heard = new Heard();
                rig.start(new Asked("GET"), heard);
                Heard left = new Heard();
                UpstreamCall leaving = rig.start(new Asked("GET"), left);
                rig.run(() -> {
                    leaving.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                    return null;
                });
                assertEquals(0, rig.dialed.size());
                names.release();
                Rig.await("it goes on", () -> rig.dialed.size() > 0);
                assertEquals("127.0.0.1:80*2 127.0.0.2:80*2", peers(rig.upstream));
                assertEquals("app.test", rig.peer(0).host());
                rig.feed(OK);
                assertEquals("200 of 2 [ok] done", heard.told());
                assertEquals(1, rig.dialed.size(), "who left is not served");
                assertEquals("/127.0.0.1:80", rig.addresses.get(0));
                assertTrue(rig.run(() -> rig.upstream.peers().ready(rig.loop(), () -> {})));
            }
        }
    }

    @Test
    void aNameThatDoesNotExistIsTheCause() throws Exception {
        try (NameServer names = new NameServer();
                Rig rig = new Rig(root, 1, "servers: [ \"none.test:80\" ]", names.addresses())) {
            Heard heard = new Heard();
            rig.start(new Asked("GET"), heard);
            Rig.await("it is told", () -> heard.over);
            assertEquals(Cause.DNS_NOT_FOUND, heard.failure.cause());
            assertEquals("", heard.noRetry);
            assertTrue(rig.upstream.peers().settled());
            assertEquals(0, rig.upstream.peers().group().size());
        }
    }

    @Test
    void aNameThatDoesNotExistBesideOneThatDoesIsNobodysTrouble() throws Exception {
        try (NameServer names = new NameServer()) {
            names.a("app.test.", "127.0.0.1");
            try (Rig rig = new Rig(
                    root,
                    1,
                    "servers: [ \"none.test:80\", { address: \"app.test:80\", down: true } ]",
                    names.addresses())) {
                resolved(rig);
                Rig.await(
                        "both are",
                        () -> rig.upstream.peers().group().nameFailure().isPresent()
                                && rig.upstream.peers().group().size() == 1);
                Heard heard = new Heard();
                rig.start(new Asked("GET"), heard);
                Rig.await("it is told", () -> heard.over);
                assertEquals("peers.none-live: 127.0.0.1:80 is configured down", heard.why());
            }
        }
    }

    @Test
    void theLowestPriorityOfAServiceIsUsedFirst() throws Exception {
        try (NameServer names = new NameServer()) {
            names.srv("_http._tcp.test.", 10, 5, 8081, "one.test.");
            names.srv("_http._tcp.test.", 10, 0, 8082, "two.test.");
            names.srv("_http._tcp.test.", 20, 1, 8083, "one.test.");
            names.a("one.test.", "127.0.0.1");
            names.a("two.test.", "127.0.0.2");
            try (Rig rig = new Rig(
                    root, 1, "servers: [ { address: \"srv:_http._tcp.test\", weight: 2 } ]", names.addresses())) {
                resolved(rig);
                assertEquals("127.0.0.1:8081*10 127.0.0.2:8082*2 | 127.0.0.1:8083*2", peers(rig.upstream));
            }
            try (Rig rig = new Rig(
                    root, 1, "servers: [ { address: \"srv:_http._tcp.test\", backup: true } ]", names.addresses())) {
                resolved(rig);
                assertEquals(3, rig.upstream.peers().group().backups().size());
            }
        }
    }

    /** The address that stays keeps its state and its connection; the one that goes loses what is kept. */
    @Test
    void aNameThatMovesTakesItsKeptConnectionsAlong() throws Exception {
        try (NameServer names = new NameServer()) {
            names.a("app.test.", "127.0.0.1");
            try (Rig rig = new Rig(root, 1, "servers: [ \"app.test:80\" ]", names.addresses())) {
                resolved(rig);
                Peer first = rig.peer(0);
                rig.exchange(OK);
                assertEquals(1, rig.upstream.idleConnections());
                names.a("app.test.", "127.0.0.2");
                Rig.await("there are two", () -> rig.upstream.peers().group().size() == 2);
                rig.settle();
                assertTrue(rig.upstream.peers().group().all().contains(first));
                assertFalse(rig.last().closed);
                Heard heard = new Heard();
                ScriptedChannel kept = rig.last();
                UpstreamCall call = rig.start(new Asked("GET"), heard);
                boolean onFirst = rig.dialed.size() == 1;
                names.forget("app.test.");
                names.a("app.test.", "127.0.0.2");
                Rig.await("one is left", () -> rig.upstream.peers().group().size() == 1);
                rig.settle();
                assertTrue(first.gone());
                rig.feed(OK);
                assertEquals("200 of 2 [ok] done", heard.told());
                assertTrue(kept.closed, "no connection to one that is gone is kept");
                assertEquals(onFirst ? 0 : 1, rig.upstream.idleConnections());
                assertEquals(1, call.attempts().size());
            }
        }
    }

    @Test
    void anAddressThatComesBackIsAPeerLikeAnyOther() throws Exception {
        try (NameServer names = new NameServer()) {
            names.a("app.test.", "127.0.0.1");
            try (Rig rig = new Rig(root, 1, "servers: [ \"app.test:80\" ]", names.addresses())) {
                resolved(rig);
                Peer first = rig.peer(0);
                rig.exchange(OK);
                names.forget("app.test.");
                names.a("app.test.", "127.0.0.2");
                Rig.await("what is kept to the old one is closed", () -> rig.last().closed);
                assertTrue(first.gone());
                names.a("app.test.", "127.0.0.1");
                Rig.await("it is back", () -> rig.upstream.peers().group().size() == 2);
                assertTrue(rig.upstream.peers().group().all().stream().noneMatch(Peer::gone));
            }
        }
    }

    @Test
    void anUpstreamThatIsClosedAsksForNoNames() throws Exception {
        try (NameServer names = new NameServer()) {
            names.a("app.test.", "127.0.0.1");
            names.a("other.test.", "127.0.0.1");
            try (Rig rig = new Rig(root, 1, "servers: [ \"app.test:80\" ]", names.addresses());
                    Rig other = new Rig(root, 1, "servers: [ \"other.test:80\" ]", names.addresses())) {
                resolved(rig);
                rig.upstream.close();
                resolved(other);
                int asked = names.questions("app.test.");
                int others = names.questions("other.test.");
                Rig.await("the other asks again", () -> {
                    try {
                        return names.questions("other.test.") > others + 1;
                    } catch (java.io.IOException e) {
                        throw new AssertionError(e);
                    }
                });
                assertEquals(asked, names.questions("app.test."));
            }
        }
    }
}
