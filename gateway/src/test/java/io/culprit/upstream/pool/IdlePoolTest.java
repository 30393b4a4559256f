package io.culprit.upstream.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.UpstreamConfig.KeepAlive;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdlePoolTest {
    private static final long AGE = Duration.ofHours(1).toNanos();

    private final IdlePool<String, Connection> pool =
            new IdlePool<>(new KeepAlive(2, Duration.ofMinutes(1), 1000, Duration.ofHours(1)));

    private static final class Connection implements IdlePool.Pooled<String> {
        private final String peer;
        private final int served;
        private final long age;
        private boolean open = true;
        private boolean pooled;

        Connection(String peer, int served, long age) {
            this.peer = peer;
            this.served = served;
            this.age = age;
        }

        Connection(String peer) {
            this(peer, 1, 0);
        }

        @Override
        public String peer() {
            return peer;
        }

        @Override
        public void discard() {
            open = false;
        }

        @Override
        public long ageNanos(long now) {
            return age;
        }

        @Override
        public int served() {
            return served;
        }

        @Override
        public void pooled(boolean inPool) {
            pooled = inPool;
        }
    }

    @Test
    void theLastRequestOfAConnectionIsTheOneThatKeepaliveRequestsNames() {
        assertTrue(pool.keep(new Connection("a", 999, 0), false, 0));
        assertFalse(pool.keep(new Connection("a", 1000, 0), false, 0));
    }

    @Test
    void aConnectionAsOldAsItMayGrowIsNotKept() {
        assertTrue(pool.keep(new Connection("a", 1, AGE - 1), false, 0));
        assertFalse(pool.keep(new Connection("a", 1, AGE), false, 0));
    }

    @Test
    void theOneUsedLastIsTakenFirst() {
        Connection first = new Connection("a");
        Connection other = new Connection("b");
        pool.keep(first, false, 0);
        pool.keep(other, false, 0);
        assertEquals(Optional.of(first), pool.take("a"), "not another peer's");
        assertEquals(Optional.of(other), pool.take("b"));
        assertEquals(Optional.empty(), pool.take("b"));
        assertFalse(first.pooled || other.pooled);
        assertEquals(0, pool.size());
    }

    @Test
    void oneTooManyCostsTheLongestIdle() {
        Connection oldest = new Connection("a");
        Connection middle = new Connection("a");
        Connection newest = new Connection("a");
        pool.keep(oldest, false, 0);
        pool.keep(middle, false, 0);
        assertTrue(oldest.open);
        pool.keep(newest, false, 0);
        assertFalse(oldest.open);
        assertEquals(2, pool.size());
        assertEquals(Optional.of(newest), pool.take("a"));
        assertEquals(Optional.of(middle), pool.take("a"));
    }

    @Test
    void wherePlacesAreWantedNoneIsKept() {
        assertFalse(pool.keep(new Connection("a"), true, 0));
    }

    @Test
    void aPlaceIsReclaimedFromAPeerThatMayLoseIt() {
        Connection a = new Connection("a");
        Connection b = new Connection("b");
        pool.keep(a, false, 0);
        pool.keep(b, false, 0);
        assertTrue(pool.reclaim("b"::equals));
        assertTrue(a.open);
        assertFalse(b.open);
        assertFalse(pool.reclaim("b"::equals));
        pool.forget(a);
        assertEquals(0, pool.size());
    }

    @Test
    void ofSeveralToOnePeerTheOneUsedLastIsTakenFromAmongOthers() {
        IdlePool<String, Connection> large =
                new IdlePool<>(new KeepAlive(9, Duration.ofMinutes(1), 1000, Duration.ofHours(1)));
        Connection older = new Connection("a");
        Connection newer = new Connection("a");
        Connection other = new Connection("b");
        large.keep(older, false, 0);
        large.keep(newer, false, 0);
        large.keep(other, false, 0);
        assertEquals(3, large.size());
        assertEquals(Optional.of(newer), large.take("a"));
        assertFalse(newer.pooled);
        assertEquals(2, large.size());
        assertEquals(Optional.empty(), large.take("c"));
        assertEquals(Optional.of(older), large.takeAny(), "the longest idle one");
        assertFalse(older.pooled);
        assertEquals(1, large.size());
        assertEquals(Optional.of(other), large.takeAny());
        assertEquals(Optional.empty(), large.takeAny());
    }

    @Test
    void aPoolForNoneKeepsNone() {
        IdlePool<String, Connection> none =
                new IdlePool<>(new KeepAlive(0, Duration.ofMinutes(1), 1000, Duration.ofHours(1)));
        Connection connection = new Connection("a");
        assertFalse(none.keep(connection, false, 0));
        assertFalse(connection.pooled);
        assertEquals(0, none.size());
    }

    @Test
    void aClosedPoolClosesWhatItHasAndKeepsNothing() {
        Connection a = new Connection("a");
        Connection b = new Connection("b");
        pool.keep(a, false, 0);
        pool.keep(b, false, 0);
        assertTrue(a.pooled && b.pooled);
        pool.closeAll();
        assertFalse(a.open || b.open || a.pooled || b.pooled);
        assertEquals(0, pool.size());
        assertFalse(pool.keep(new Connection("c"), false, 0));
    }

    @Test
    void whatIsReclaimedOrPushedOutIsNoLongerCounted() {
        Connection oldest = new Connection("a");
        Connection newer = new Connection("a");
        pool.keep(oldest, false, 0);
        pool.keep(newer, false, 0);
        pool.keep(new Connection("a"), false, 0);
        assertFalse(oldest.pooled);
        assertTrue(pool.reclaim(any -> true), "the longest idle one");
        assertFalse(newer.open || newer.pooled);
        assertEquals(1, pool.size());
    }

    @Test
    void whatWasTakenIsNotForgottenTwice() {
        Connection taken = new Connection("a");
        pool.keep(taken, false, 0);
        assertEquals(Optional.of(taken), pool.take("a"));
        taken.pooled = true; // whoever counts would notice another call
        pool.forget(taken);
        assertTrue(taken.pooled);
        pool.keep(taken, false, 0);
        pool.forget(taken);
        assertFalse(taken.pooled);
    }

    @Test
    void theIdleTimeIsTheConfiguredOne() {
        assertEquals(Duration.ofMinutes(1).toNanos(), pool.idleNanos());
    }
}
