package io.culprit.server.http1;

import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Trouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * Ends a client's connection after a reply that came before its request was read: says that nothing more will be sent,
 * and throws away what still comes for a while. Closing at once would reset the connection, and the reset can overtake
 * the reply (RFC 9112 section 9.6). Owned by one IO thread.
 */
final class LingeringClose {
    private static final Logger LOG = LoggerFactory.getLogger(LingeringClose.class);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int MAX_READS = 16;
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final StreamConnection client;
    private final Http1Input input;
    private final IoLoop loop;
    private final long untilNanos = System.nanoTime() + LONGEST.toNanos();
    private final Deadline pause = new Deadline() {
        @Override
        protected void expired() {
            close();
        }
    };

    LingeringClose(StreamConnection client, Http1Input input, IoLoop loop) {
        this.client = client;
        this.input = input;
        this.loop = loop;
    }

    void start() {
        try {
            client.getSinkChannel().shutdownWrites();
            client.getSinkChannel().flush();
        } catch (IOException e) {
            close(); // the client is gone already
            return;
        }
        client.getSourceChannel().setReadListener(c -> discardGuarded());
        client.getSourceChannel().resumeReads();
        loop.deadlines().arm(pause, PAUSE.toNanos());
        discard();
    }

    private void discardGuarded() {
        try {
            discard();
        } catch (RuntimeException | Error e) {
            Trouble.endIfOutOfMemory(e);
            LOG.error("a closing connection failed inside the gateway: {}", Trouble.line(e));
            close();
        }
    }

    private void discard() {
        ByteBuffer into = loop.readBuffer();
        try {
            int n;
            int reads = 0;
            do {
                into.clear();
                n = input.discard(into);
                if (n < 0 || System.nanoTime() - untilNanos > 0) {
                    close();
                    return;
                }
            } while (n == into.capacity() && ++reads < MAX_READS);
            loop.deadlines().arm(pause, PAUSE.toNanos());
        } catch (IOException e) {
            close();
        }
    }

    private void close() {
        loop.deadlines().remove(pause);
        input.release();
        IoUtils.safeClose(client);
    }
}
