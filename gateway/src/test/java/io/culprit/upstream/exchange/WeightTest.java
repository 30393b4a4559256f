package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.loop.LoopMemory;
import io.culprit.loop.MemoryBudget;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.ScriptedChannel;
import io.culprit.upstream.UpstreamCall;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What connections to upstreams weigh in the memory that may be held, and what follows when it is short. */
class WeightTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    /** The loop draws and returns in pieces. */
    private static final int SLACK = 3 * 4096;

    @TempDir
    Path root;

    private Rig rig() throws Exception {
        return new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ], head_limit: 128KiB");
    }

    private static void about(long expected, Rig rig) {
        long used = rig.memory.heapUsed();
        assertTrue(Math.abs(used - expected) <= SLACK, expected + " expected, " + used + " used");
    }

    @Test
    void everyConnectionWeighsUntilItIsClosed() throws Exception {
        try (Rig rig = rig()) {
            for (int i = 0; i < 20; i++) {
                rig.start(new Asked("GET"), new Heard());
            }
            about(20 * LoopMemory.UPSTREAM_BYTES, rig);
            for (ScriptedChannel each : rig.dialed) {
                rig.run(() -> {
                    each.feed(OK);
                    return null;
                });
            }
            about(20 * LoopMemory.UPSTREAM_BYTES, rig);
            for (ScriptedChannel each : rig.dialed) {
                rig.run(() -> {
                    each.feed(ScriptedChannel.END);
                    return null;
                });
            }
            about(0, rig);
        }
    }

    @Test
    void aTunnelIsNoConnectionOfTheUpstreamsAnyMore() throws Exception {
        try (Rig rig = rig()) {
            Asked upgrade = new Asked("GET");
            upgrade.upgrades = true;
            for (int i = 0; i < 20; i++) {
                Heard heard = new Heard();
                UpstreamCall call = rig.start(upgrade, heard);
                rig.feed("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n");
                assertEquals("101 early 0 []", heard.told());
                assertEquals(101, call.attempts().get(0).status());
            }
            about(0, rig);
        }
    }

    @Test
    void aLargeHeadWeighsWhileItIsHeld() throws Exception {
        try (Rig rig = rig()) {
            Heard heard = new Heard();
            rig.start(new Asked("GET"), heard);
            long before = rig.memory.heapUsed();
            rig.feed("HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000));
            assertTrue(rig.memory.heapUsed() > before + 90_000);
            rig.feed("\r\nContent-Length: 2\r\n\r\no");
            assertTrue(rig.memory.heapUsed() > before + 90_000, "somebody may look at it until the end");
            rig.feed("k");
            assertEquals("200 of 2 [ok] done", heard.told());
            assertTrue(rig.memory.heapUsed() <= before + SLACK, "an idle connection holds no large head");
            assertFalse(rig.last().closed);
        }
    }

    @Test
    void whenMemoryIsShortNoConnectionIsKept() throws Exception {
        try (Rig rig = rig()) {
            rig.start(new Asked("GET"), new Heard());
            rig.run(() -> {
                rig.loop().memory().heap(950_000);
                return null;
            });
            assertTrue(rig.memory.reached(MemoryBudget.Level.PAUSE));
            rig.feed(OK);
            assertTrue(rig.last().closed);
            assertEquals(0, rig.upstream.idleConnections());
        }
    }
}
