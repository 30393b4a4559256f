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
}
