package io.culprit.upstream.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.UpstreamConfig.Balance;
import io.culprit.upstream.Peer;
import io.culprit.upstream.Peers;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is chosen, by weights, by load and by the client's address. */
class BalancerTest {
    private static final byte[] CLIENT = {10, 1, 2, 3};

    private final Peer a = Peers.of(1, 1, 0);
    private final Peer b = Peers.of(2, 1, 0);
    private final Peer c = Peers.of(3, 1, 0);

    private static String name(Peer peer) {
        return peer == null
                ? "-"
                : Character.toString('a' + peer.name().charAt(peer.name().length() - 1) - '1');
    }

    private static String chosen(Balancer balancer, int times, List<Peer> peers, Predicate<Peer> usable) {
        return Stream.generate(() -> name(balancer.choose(peers, usable, CLIENT)))
                .limit(times)
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void whereNoneIsUsableNoneIsChosen(Balance balance) {
        assertNull(Balancer.of(balance).choose(List.of(a, b, c), peer -> false, CLIENT));
        assertNull(Balancer.of(balance).choose(List.of(a), peer -> false, CLIENT));
        assertSame(a, Balancer.of(balance).choose(List.of(a), peer -> true, CLIENT));
    }

    @ParameterizedTest
    @EnumSource(Balance.class)
    void theOnlyUsableOneIsChosen(Balance balance) {
        assertEquals("bbbbb", chosen(Balancer.of(balance), 5, List.of(a, b, c), b::equals));
    }

    @Test
    void roundRobinIsSmoothByWeight() {
        List<Peer> peers = List.of(Peers.of(1, 5, 0), b, c);
        assertEquals("aabacaaaabacaa", chosen(Balancer.of(Balance.ROUND_ROBIN), 14, peers, peer -> true));
    }

    @Test
    void whoCannotBeUsedGathersNoTurns() {
        Balancer balancer = Balancer.of(Balance.ROUND_ROBIN);
        List<Peer> peers = List.of(a, b, c);
        assertEquals("abc", chosen(balancer, 3, peers, peer -> true));
        assertEquals("acacac", chosen(balancer, 6, peers, peer -> peer != b));
        assertEquals("abc", chosen(balancer, 3, peers, peer -> true));
    }

    /** Of names that resolve to other addresses again and again, as many old peers are remembered as there are new ones. */
    @Test
    void peersOfLongAgoAreForgotten() {
        Balancer balancer = Balancer.of(Balance.ROUND_ROBIN);
        List<Peer> first = List.of(a, b);
        assertEquals("a", chosen(balancer, 1, first, peer -> true));
        assertEquals("c", chosen(balancer, 1, List.of(c, Peers.of(4, 1, 0)), peer -> true));
        assertEquals("b", chosen(balancer, 1, first, peer -> true), "four are known of two: all are remembered");
        assertEquals("a", chosen(balancer, 1, first, peer -> true));
        assertEquals("e", chosen(balancer, 1, List.of(Peers.of(5, 1, 0), Peers.of(6, 1, 0)), peer -> true));
        assertEquals("a", chosen(balancer, 1, first, peer -> true), "six were known: it begins anew");
    }

    @Test
    void theLeastBusyForItsWeightIsChosen() {
        Balancer balancer = Balancer.of(Balance.LEAST_CONNECTIONS);
        List<Peer> peers = List.of(Peers.of(1, 1, 1), Peers.of(2, 3, 2), Peers.of(3, 2, 2));
        assertEquals("bbb", chosen(balancer, 3, peers, peer -> true));
        assertEquals("caccac", chosen(balancer, 6, peers, peer -> peer.weight() != 3), "1 of 1 is as busy as 2 of 2");
        List<Peer> last = List.of(Peers.of(1, 2, 5), Peers.of(2, 2, 4), Peers.of(3, 3, 5));
        assertEquals("ccc", chosen(balancer, 3, last, peer -> true));
    }

    @Test
    void equallyBusyOnesTakeTurns() {
        List<Peer> peers = List.of(a, Peers.of(2, 1, 1), c);
        assertEquals("acac", chosen(Balancer.of(Balance.LEAST_CONNECTIONS), 4, peers, peer -> true));
        List<Peer> weighted = List.of(Peers.of(1, 4, 8), Peers.of(2, 2, 4), Peers.of(3, 1, 3));
        assertEquals("abaaba", chosen(Balancer.of(Balance.LEAST_CONNECTIONS), 6, weighted, peer -> true));
    }

    /** Other threads count failures meanwhile. */
    @Test
    void whoWasUsableAtTheFirstLookIsBetterThanNobody() {
        AtomicInteger looks = new AtomicInteger();
        assertSame(
                a,
                Balancer.of(Balance.LEAST_CONNECTIONS)
                        .choose(List.of(a, b), peer -> looks.incrementAndGet() <= 2, CLIENT));
    }

    /** Figures of nginx's formula. */
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, b, a",
        "10.1.2.250, b, a",
        "192.168.1.9, b, a",
        "203.0.113.1, a, c",
        "198.51.100.7, a, c",
        "8.8.8.8, c, b",
        "2001:db8::1, a, c",
        "2001:db8::2, b, a",
        "2001:db8::3, b, a",
        "fe80::ff, c, a"
    })
    void aClientsNetworkMeetsThePeerThatNginxWouldChoose(String client, String first, String second) throws Exception {
        List<Peer> peers = List.of(Peers.of(1, 3, 0), Peers.of(2, 2, 0), Peers.of(3, 1, 0));
        byte[] address = InetAddress.getByName(client).getAddress();
        Balancer balancer = Balancer.of(Balance.IP_HASH);
        for (int i = 0; i < 3; i++) {
            assertEquals(first, name(balancer.choose(peers, peer -> true, address)));
        }
        assertEquals(second, name(balancer.choose(peers, peer -> !name(peer).equals(first), address)));
    }

    @Test
    void afterTwentyMissesRoundRobinDecides() {
        Peer heavy = Peers.of(1, 1_000_000, 0);
        AtomicInteger misses = new AtomicInteger();
        Peer chosen = Balancer.of(Balance.IP_HASH)
                .choose(List.of(heavy, b), peer -> !isAndCount(peer, heavy, misses), CLIENT);
        assertSame(b, chosen);
        assertEquals(1 + 20 + 1, misses.get(), "the first draw, twenty more, and round robin's look");
    }

    private static boolean isAndCount(Peer peer, Peer counted, AtomicInteger times) {
        if (peer == counted) {
            times.incrementAndGet();
        }
        return peer == counted;
    }

    private static int share(List<Peer> peers, Predicate<Peer> usable, Peer of) {
        Balancer balancer = Balancer.of(Balance.RANDOM_TWO);
        int n = 0;
        for (int i = 0; i < 1000; i++) {
            n += balancer.choose(peers, usable, CLIENT) == of ? 1 : 0;
        }
        return n;
    }

    @Test
    void ofTwoDrawnTheLessBusyForItsWeightWins() {
        Peer busy = Peers.of(1, 3, 2);
        Peer idle = Peers.of(2, 2, 1);
        assertTrue(share(List.of(busy, idle), peer -> true, idle) > 990);
        assertTrue(share(List.of(idle, busy), peer -> true, idle) > 990);
        assertEquals(1000, share(List.of(busy, idle), busy::equals, busy), "the only one there is");
    }

    @Test
    void equallyBusyOnesAreDrawnByWeight() {
        Peer heavy = Peers.of(1, 9, 0);
        int n = share(List.of(heavy, b), peer -> true, heavy);
        assertTrue(n > 800 && n < 980, "nine of ten: " + n);
        n = share(List.of(b, heavy), peer -> true, heavy);
        assertTrue(n > 800 && n < 980, "in whatever order: " + n);
    }

    @Test
    void whoIsNeverDrawnIsFoundAllTheSame() {
        Peer heavy = Peers.of(1, 1_000_000, 0);
        assertEquals(1000, share(List.of(heavy, b), b::equals, b));
    }

    /** Not the least busy of all: that would be the same one for all gateways at once. */
    @Test
    void onlyTheTwoThatAreDrawnAreCompared() {
        Peer seldom = Peers.of(1, 1, 0);
        Peer busy = Peers.of(2, 50, 100);
        Peer calm = Peers.of(3, 50, 50);
        assertTrue(share(List.of(seldom, busy, calm), peer -> true, calm) > 900);
        assertTrue(share(List.of(calm, busy, seldom), peer -> true, calm) > 900);
    }
}
