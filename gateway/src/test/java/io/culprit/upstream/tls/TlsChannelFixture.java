package io.culprit.upstream.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.upstream.channel.UpstreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A channel that has shaken hands with a server in this process, and who reads from it. */
abstract class TlsChannelFixture {
    @TempDir
    static Path directory;

    static TestCertificates certificates;

    TlsEnd end;
    UpstreamChannel channel;

    /** Reads until less comes than it has room for, as all readers of the gateway do, and counts events. */
    final class User extends TlsDial.Handler {
        final StringBuilder got = new StringBuilder();
        int most = 100_000;
        boolean suspends;
        int readable;
        int writable;
        String told = "";

        @Override
        public void readable() {
            readable++;
            ByteBuffer in = ByteBuffer.allocate(most);
            try {
                int n;
                do {
                    n = channel.read(in.clear());
                    got.append(StandardCharsets.ISO_8859_1.decode(in.flip()));
                } while (n == most && !suspends);
                if (n < 0) {
                    told = channel.endedProperly() ? "[end]" : "[cut]";
                }
                if (suspends) {
                    channel.suspendReads();
                }
            } catch (IOException e) {
                told = HandshakeFailure.behind(e)
                        .map(each -> each.cause().id() + ": " + each.detail())
                        .orElse(e.getMessage());
            }
        }

        @Override
        public void writable() {
            writable++;
        }

        @Override
        public void abandoned(String why) {
            told = why;
        }
    }

    final User user = new User();

    @BeforeAll
    static void certificates() throws Exception {
        certificates = new TestCertificates(directory);
        certificates.signed("up", "DNS:up.test");
    }

    /** What is special about the server. */
    void prepare(SSLEngine server) {}

    @BeforeEach
    void shake() throws Exception {
        end = new TlsEnd(certificates.serving("up"));
        assertEquals(0, heap());
        prepare(end.server);
        channel = end.shake(new PeerTls(certificates.trusting(), 1), user);
        user.readable = 0;
    }

    @AfterEach
    void stop() throws Exception {
        event(channel::close);
        event(channel::close);
        assertTrue(end.closed);
        assertEquals(0, end.<Integer>on(() -> end.loop.lent()), "an end gives all buffers back");
        end.stop();
    }

    /** Bytes that the loop has drawn, four kilobytes at a time. */
    long heap() throws Exception {
        return end.<Long>on(() -> end.loop.memory().budget().heapUsed());
    }

    interface Step {
        void run() throws Exception;
    }

    void event(Step step) throws Exception {
        end.on(() -> {
            step.run();
            return null;
        });
    }

    /** One event, and all that it has left for later. */
    void settled(Step step) throws Exception {
        event(step);
        for (int i = 0; i < 200; i++) {
            event(() -> {});
        }
    }

    static String text(int n) {
        StringBuilder text = new StringBuilder();
        while (text.length() < n) {
            text.append("%9d\n".formatted(text.length()));
        }
        return text.substring(0, n);
    }

    int write(ByteBuffer bytes) throws Exception {
        return end.on(() -> channel.write(bytes));
    }

    int read() throws Exception {
        return end.on(() -> channel.read(ByteBuffer.allocate(10)));
    }
}
