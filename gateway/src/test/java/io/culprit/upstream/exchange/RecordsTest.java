package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Evidence;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.ScriptedChannel;
import io.culprit.upstream.UpstreamCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a connection makes of a protocol that has an end and an error stream of its own: FastCGI. */
class RecordsTest {
    private static final String PHP = "servers: [ \"127.0.0.1:1\" ], protocol: fastcgi, fastcgi: { root: /srv }";
    private static final String PAGE = "Content-Length: 2\r\n\r\nok";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private static String record(int type, String content) {
        return "\1" + (char) type + "\0\1" + (char) (content.length() >> 8) + (char) (content.length() & 0xff) + "\0\0"
                + content;
    }

    private static final String END = record(3, "\0\0\0\0\0\0\0\0");

    @Test
    void theErrorStreamIsTheAttempts() throws Exception {
        try (Rig rig = new Rig(root, 1, PHP)) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.feed(record(7, "oops") + record(6, "Status: 500\r\nContent-Length: 2\r\n\r\nno") + END);
            assertEquals("500 of 2 [no] done", heard.told());
            assertEquals("oops", call.attempts().get(0).stderr());
            assertEquals(
                    List.of(new Evidence("stderr", "oops")), call.originError().evidence());
            assertTrue(rig.last().closed);
        }
    }

    @Test
    void aResponseThatIsWholeIsOneHoweverTheConnectionEnds() throws Exception {
        for (Object end : new Object[] {ScriptedChannel.END, new IOException("Connection reset")}) {
            Heard each = new Heard();
            try (Rig rig = new Rig(root, 1, PHP)) {
                rig.start(new Asked("GET"), each);
                rig.feed(record(6, PAGE), end);
                assertTrue(each.told().startsWith("200 of 2 [ok] done"), each.told());
                assertTrue(rig.last().closed);
            }
        }
    }

    @Test
    void aKeptConnectionAnnouncesNothing() throws Exception {
        try (Rig rig = new Rig(root, 1, PHP + ", keepalive: { connections: 4 }")) {
            rig.start(new Asked("GET"), heard);
            rig.feed(record(6, PAGE) + END);
            assertEquals("200 of 2 [ok] done", heard.told());
            assertEquals(1, rig.upstream.idleConnections());
            assertEquals(77, rig.peer(0).habit().keptNanos(77));
        }
    }
}
