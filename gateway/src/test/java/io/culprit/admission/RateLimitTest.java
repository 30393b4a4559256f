package io.culprit.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;
    private static final byte[] CLIENT = {10, 0, 0, 1};

    /** Two a second and three at once beyond the one that is due. */
    @Test
    void theBurstPassesAndNoMore() {
        RateLimit limit = new RateLimit(2, 3);
        for (int i = 0; i < 4; i++) {
            assertEquals(0, limit.take(CLIENT, 100), "request " + i);
        }
        assertEquals(SECOND / 2, limit.take(CLIENT, 100));
        assertEquals(SECOND / 2, limit.take(CLIENT, 100), "a refusal costs nothing");
        assertEquals(1, limit.take(CLIENT, 100 + SECOND / 2 - 1));
        assertEquals(0, limit.take(CLIENT, 100 + SECOND / 2));
        assertEquals(SECOND / 2, limit.take(CLIENT, 100 + SECOND / 2));
    }

    @Test
    void withoutABurstItIsOneAtATime() {
        RateLimit limit = new RateLimit(10, 0);
        assertEquals(0, limit.take(CLIENT, 0));
        assertEquals(SECOND / 10, limit.take(CLIENT, 0));
        assertEquals(0, limit.take(CLIENT, SECOND / 10));
    }

    @Test
    void timeWithoutRequestsIsNotSavedBeyondTheBurst() {
        RateLimit limit = new RateLimit(1, 1);
        assertEquals(0, limit.take(CLIENT, 0));
        assertEquals(0, limit.take(CLIENT, 100 * SECOND));
        assertEquals(0, limit.take(CLIENT, 100 * SECOND));
        assertEquals(SECOND, limit.take(CLIENT, 100 * SECOND));
    }

    @Test
    void clientsAreCountedApartAndIpv6ByTheirNetwork() {
        RateLimit limit = new RateLimit(1, 0);
        assertEquals(0, limit.take(CLIENT, 0));
        assertEquals(0, limit.take(new byte[] {10, 0, 0, 2}, 0));
        byte[] one = new byte[16];
        byte[] neighbour = new byte[16];
        byte[] other = new byte[16];
        one[7] = 1;
        neighbour[7] = 1;
        neighbour[8] = 9;
        other[7] = 2;
        assertEquals(0, limit.take(one, 0));
        assertEquals(SECOND, limit.take(neighbour, 0));
        assertEquals(0, limit.take(other, 0));
    }

    private static byte[] network(int number) {
        return java.nio.ByteBuffer.allocate(4).putInt(number).array();
    }

    /** Beyond 200,000 networks those that have been quiet are forgotten, and the others still counted. */
    @Test
    void whoHasBeenQuietIsForgottenFirst() {
        RateLimit limit = new RateLimit(1, 0);
        for (int i = 0; i < 200_000; i++) {
            limit.take(network(i), 0);
        }
        assertEquals(0, limit.take(CLIENT, 10 * SECOND));
        assertEquals(0, limit.take(network(300_000), 10 * SECOND), "this one has the quiet ones forgotten");
        assertEquals(SECOND, limit.take(CLIENT, 10 * SECOND), "and not who was here just now");
    }

    /** More networks at a time than can be counted: nobody is bounded for a moment, and memory is. */
    @Test
    void anAttackFromMoreNetworksThanCanBeCountedBoundsNobodyForAMoment() {
        RateLimit limit = new RateLimit(1, 0);
        assertEquals(0, limit.take(CLIENT, 0));
        for (int i = 0; i <= 200_000; i++) {
            limit.take(network(i), 0);
        }
        assertEquals(0, limit.take(CLIENT, 0));
        assertEquals(SECOND, limit.take(CLIENT, 0));
    }
}
