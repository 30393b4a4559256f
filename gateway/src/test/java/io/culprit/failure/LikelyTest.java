package io.culprit.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LikelyTest {
    private static final Likely.Place TCP = new Likely.Place(false, "10.0.0.7:8080", "/a?b=c", "r1");
    private static final Likely.Place UNIX = new Likely.Place(true, "unix:/run/php.sock", "/x", "r2");

    @Test
    void everyCauseIsExplained() {
        assertEquals(EnumSet.allOf(Cause.class), EnumSet.copyOf(Likely.known()));
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void everyCauseHasACommandSomewhere(Cause cause) {
        List<Likely> tcp = Likely.of(cause, TCP);
        List<Likely> unix = Likely.of(cause, UNIX);
        assertFalse(tcp.isEmpty() && unix.isEmpty());
        for (Likely each : tcp) {
            assertFalse(
                    each.command().matches(".*\\{(peer|host|port|socket|target|name|request_id)}.*"), each.command());
            assertFalse(each.reason().isBlank());
        }
    }

    @Test
    void commandsNameTheServerThatFailed() {
        assertEquals(
                "ss -tlnp sport = :8080",
                Likely.of(Cause.CONNECT_REFUSED, TCP).get(0).command());
        assertTrue(
                Likely.of(Cause.CONNECT_SOCKET_MISSING, UNIX).get(0).command().contains("grep /run/php.sock"));
        assertTrue(Likely.of(Cause.HEAD_TIMEOUT, UNIX).get(0).reason().contains("script"));
    }

    @Test
    void whatClientsSendCannotRunInAShell() {
        var hostile = new Likely.Place(false, "10.0.0.7:80", "/'; rm -rf $(HOME) `id` #", "r");
        String command = Likely.of(Cause.HEAD_TIMEOUT, hostile).get(0).command();
        assertTrue(command.endsWith("http://10.0.0.7:80'/'\\''; rm -rf $(HOME) `id` #'"), command);
    }
}
