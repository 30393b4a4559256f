package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that come while they are sent, and those that cannot be had. */
class SourceTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private Rig rig(String more) throws Exception {
        return new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]" + more);
    }

    @Test
    void aBodyIsSentAsItComes() throws Exception {
        try (Rig rig = rig(", timeouts: { send: 50ms, read: 10s }")) {
            Asked request = new Asked("PUT").with("one ");
            rig.start(request, heard);
            assertEquals("PUT /\none ", rig.last().taken());
            rig.run(() -> {
                request.with("two").arrived();
                return null;
            });
            assertEquals("PUT /\none two", rig.last().taken());
            rig.pass(150); // the client is slow, for which the upstream is not to blame
            assertFalse(heard.over);
            rig.run(() -> {
                request.whole(".").arrived();
                return null;
            });
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
        }
    }

    @Test
    void aBodyThatCannotBeHadIsNotTheUpstreamsFault() throws Exception {
        try (Rig rig = rig("")) {
            Asked request = new Asked("PUT").whole("body");
            request.broken = new IOException("No space left on device");
            rig.start(request, heard);
            assertEquals("gateway.temp-disk-full: the buffered request body: No space left on device", heard.why());
            assertTrue(rig.last().closed);
            assertTrue(rig.peer(0).ejection().isEmpty());
        }
    }

    @Test
    void aClientsFaultInTheBodyKeepsItsName() throws Exception {
        try (Rig rig = rig("")) {
            Asked request = new Asked("PUT").whole("body");
            request.broken = new MessageException(Failure.of(Cause.CLIENT_TIMEOUT, "too slow"));
            rig.start(request, heard);
            assertEquals("client.timeout: too slow", heard.why());
        }
    }

    @Test
    void aPeerIsTimedOnlyWhileItIsItThatTakesNothing() throws Exception {
        try (Rig rig = rig(", timeouts: { send: 60ms, read: 10s }")) {
            rig.standing = false;
            Asked request = new Asked("PUT").with("one ");
            rig.start(request, heard);
            rig.run(() -> {
                rig.last().takes = 3;
                rig.last().stand();
                rig.last().drain(Integer.MAX_VALUE);
                return null;
            });
            assertEquals("PUT /\none ", rig.last().taken());
            rig.pass(200); // the client has sent no more
            assertFalse(heard.over);
            rig.run(() -> {
                rig.last().takes = 0;
                request.whole("two").arrived();
                return null;
            });
            Rig.await("it takes nothing", () -> heard.over);
            assertEquals(Cause.SEND_TIMEOUT, heard.failure.cause());
        }
    }
}
