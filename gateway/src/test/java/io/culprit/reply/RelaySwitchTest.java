package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.UpstreamConfig.Buffering;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.HttpResponseHead;
import io.culprit.http.MessageException;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.Spill;
import io.culprit.loop.TempFiles;
import io.culprit.upstream.UpstreamTunnel;
import io.culprit.upstream.channel.UpstreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A relay when protocols are switched, and while the client does not keep up. */
class RelaySwitchTest {
    private static final IoLoop LOOP = new IoLoop(null, 0);

    private final RelayClient client = new RelayClient();
    private final Relay relay = new Relay(
            client,
            client,
            false,
            HeadChanges.NONE,
            new Buffering(true, true, 1 << 20, 0, 0),
            new Spill(LOOP, new MemoryAccount(LOOP, Optional.empty()), 1 << 20, 0, new TempFiles(Path.of("."), 1)));
    private final UpstreamTunnel tunnel = new UpstreamTunnel() {
        @Override
        public UpstreamChannel channel() {
            throw new AssertionError("it is the owner's");
        }

        @Override
        public void close() {
            client.said.append("tunnel closed ");
        }
    };

    private static HttpResponseHead head(String lines) throws IOException {
        HttpResponseHead head = new HttpResponseHead(4096, 100);
        head.reset();
        assertTrue(head.read(ByteBuffer.wrap(("HTTP/1.1 " + lines + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII))));
        return head;
    }

    private void switched() throws IOException {
        relay.switched(
                head("101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x"), ByteBuffer.allocate(3), tunnel);
    }

    @Test
    void aSwitchIsToldToTheClientFirst() throws IOException {
        switched();
        assertEquals("101 switched ", client.said.toString());
        assertEquals(101, relay.status());
    }

    @Test
    void aSwitchTheClientCannotBeToldOfEndsTheUpstream() throws IOException {
        client.failsSwitch = new IOException("oh");
        switched();
        assertEquals("tunnel closed failed gateway.internal  ", client.said.toString());
    }

    @Test
    void aSwitchNobodyAskedForHasItsOwnCause() throws IOException {
        client.failsSwitch = new MessageException(Failure.of(Cause.HEAD_UNREQUESTED_UPGRADE, "no"));
        switched();
        assertEquals("tunnel closed failed head.unrequested-upgrade  ", client.said.toString());
    }

    @Test
    void anInterimResponseIsPassedOn() throws IOException {
        relay.interim(head("103 Early Hints"));
        assertEquals("interim=103 ", client.said.toString());
        assertEquals(0, relay.status(), "it is not the response");
    }

    @Test
    void theClientsPaceIsTheUpstreams() {
        assertTrue(relay.wantsMore());
        assertTrue(relay.keepsUp());
        client.behind = true;
        assertTrue(relay.wantsMore());
        assertFalse(relay.keepsUp());
        client.saturated = true;
        assertFalse(relay.wantsMore());
    }
}
