package io.culprit.server.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import org.junit.jupiter.api.Test;

/** What a client may have done for nothing, and which resets are remembered. */
class FloodGuardTest {
    private interface Step {
        void take() throws ConnectionException;
    }

    /** How many go well; what refills meanwhile is a part of it. */
    private static int until(int most, Step step) {
        for (int i = 0; i < most; i++) {
            try {
                step.take();
            } catch (ConnectionException e) {
                assertEquals(Cause.CLIENT_H2_FLOOD, e.failure().cause());
                assertEquals(ErrorCode.ENHANCE_YOUR_CALM, e.code());
                return i;
            }
        }
        throw new AssertionError("no end");
    }

    @Test
    void controlFramesAreBounded() {
        FloodGuard guard = new FloodGuard();
        int frames = until(100_000, () -> guard.idleFrame(FrameType.PING));
        assertTrue(frames >= 1000, frames + " frames");
        ConnectionException e = assertThrows(ConnectionException.class, () -> {
            for (int i = 0; i < 100_000; i++) {
                guard.idleFrame(FrameType.PING);
            }
        });
        assertTrue(e.getMessage().contains("PING the last"), e.getMessage());
    }

    @Test
    void resetsAreBoundedApart() throws ConnectionException {
        FloodGuard guard = new FloodGuard();
        int resets = until(100_000, guard::reset);
        assertTrue(resets >= 200, resets + " resets");
        guard.idleFrame(FrameType.PING);
    }

    @Test
    void usefulWorkPaysFrames() throws ConnectionException {
        FloodGuard guard = new FloodGuard();
        for (int i = 0; i < 5_000; i++) {
            guard.idleFrame(FrameType.WINDOW_UPDATE);
            guard.idleFrame(FrameType.WINDOW_UPDATE);
            switch (i % 3) {
                case 0 -> guard.sent();
                case 1 -> guard.answered();
                default -> guard.useful(16_384);
            }
        }
        for (int i = 0; i < 1_000; i++) {
            guard.sent();
        }
        int frames = until(1_000_000, () -> guard.idleFrame(FrameType.PING));
        assertTrue(frames < 100_000, "credit is no treasure: " + frames);
    }

    /** Empty ones are no use, and a byte is worth little. */
    @Test
    void smallFramesPayLittle() {
        FloodGuard guard = new FloodGuard();
        int frames = until(1_000_000, () -> {
            guard.idleFrame(FrameType.DATA);
            guard.useful(1);
        });
        assertTrue(frames >= 1000 && frames < 1_000_000, frames + " frames");
    }

    @Test
    void answersPayResetsByHalf() throws ConnectionException {
        FloodGuard guard = new FloodGuard();
        for (int i = 0; i < 1_000; i++) {
            guard.reset();
            guard.answered();
            guard.answered();
        }
        int resets = until(100_000, guard::reset);
        assertTrue(resets >= 199, resets + " resets");
    }

    @Test
    void theLastResetStreamsAreRemembered() {
        ResetStreams lately = new ResetStreams();
        assertFalse(lately.contains(1));
        for (int id = 1; id < 2 * 300; id += 2) {
            lately.add(id);
            assertTrue(lately.contains(id), "stream " + id);
            assertTrue(lately.contains(Math.max(1, id - 2 * 255)), "256 of them, at " + id);
        }
        assertFalse(lately.contains(1), "no more than that");
    }
}
