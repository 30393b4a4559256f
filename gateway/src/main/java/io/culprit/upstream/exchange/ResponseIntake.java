package io.culprit.upstream.exchange;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.channel.Errno;
import io.culprit.upstream.channel.UpstreamChannel;
import io.culprit.upstream.tls.HandshakeFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * HEAD and BODY: what a connection reads while an exchange runs, as fast as the client takes it. Owned by the connection's
 * IO thread.
 */
final class ResponseIntake {
    /**
     * Reads in one event: a fast upstream must not keep the thread from all others. For a client that is behind it is one, or some
     * thousands of those, each with a megabyte to be written to disk, keep a new one waiting for seconds.
     */
    private static final int MAX_READS = 16;

    private final UpstreamConnection connection;
    private final UpstreamChannel channel;
    private final IoLoop loop;
    private final ResponseReader reader;
    private final Exchange exchange;
    private final Diagnosis diagnosis;
    private boolean paused;
    private boolean postponed;

    ResponseIntake(UpstreamConnection connection, ResponseReader reader, Exchange exchange, Diagnosis diagnosis) {
        this.connection = connection;
        this.channel = connection.channel();
        this.loop = connection.loop();
        this.reader = reader;
        this.exchange = exchange;
        this.diagnosis = diagnosis;
    }

    void begin() {
        paused = false;
        postponed = false;
    }

    /** The channel is readable and an exchange runs. */
    void read() {
        if (!reader.inHead()
                && !exchange.response().keepsUp()
                && loop.diskPace().exhausted()) {
            postpone();
        } else {
            readNow();
        }
    }

    /** The client is behind, and what comes would be written to disk, for which others wait: it is read later. */
    private void postpone() {
        if (!postponed && !paused) {
            postponed = true;
            connection.disarmBody();
            channel.suspendReads();
            loop.diskPace().postpone(this::goOn);
        }
    }

    /** It is its turn, or the client has caught up. */
    private void goOn() {
        if (postponed && connection.isBusy()) {
            postponed = false;
            connection.armBody();
            channel.resumeReads();
            readNow();
        }
    }

    private void readNow() {
        ByteBuffer in = loop.readBuffer();
        try {
            int n;
            boolean ended;
            int reads = 0;
            do {
                in.clear();
                n = channel.read(in);
                exchange.timer().read(n);
                if (n < 0) {
                    endOfStream();
                    return;
                }
                in.flip();
                ended = n > 0 && reader.consume(in, exchange.delivery);
                connection.weigh();
            } while (!ended && n == in.capacity() && ++reads < MAX_READS && goesOn());
            if (ended) {
                if (reader.switched().isPresent()) {
                    connection.switched(reader.switched().get(), in);
                } else {
                    connection.finish(in.remaining());
                }
                return;
            }
            afterRead();
        } catch (GivenUpException e) {
            connection.failed(Failure.of(
                    Cause.ORIGIN_ERROR,
                    "the upstream answered %d, which next_upstream.on lists"
                            .formatted(exchange.timer().status())));
        } catch (MessageException e) {
            connection.failed(e.failure());
        } catch (ListenerException e) {
            connection.failed(e.failure());
        } catch (IOException e) {
            Optional<Failure> own = HandshakeFailure.behind(e);
            if (own.isPresent()) {
                connection.failed(own.get());
            } else {
                readFailed(Errno.of(e));
            }
        }
    }

    private void endOfStream() {
        if (reader.endsWithConnection() && !channel.endedProperly()) {
            connection.failed(Failure.of(
                    Cause.BODY_TRUNCATED,
                    "the upstream closed without TLS's end (close_notify) after " + reader.bodyProgress()));
        } else if (reader.endsWithConnection() || reader.whole()) {
            connection.finish(0);
        } else {
            connection.failed(diagnosis.endOfStream());
        }
    }

    private void readFailed(Errno errno) {
        if (reader.whole()) {
            connection.finish(0);
        } else {
            connection.failed(diagnosis.readError(errno));
        }
    }

    /** What was read must be on its way before anybody can say whether there is room for more. */
    private boolean goesOn() throws ListenerException {
        if (!reader.inHead()) {
            flush();
        }
        return connection.isBusy()
                && exchange.response().wantsMore()
                && exchange.response().keepsUp();
    }

    private void flush() throws ListenerException {
        try {
            exchange.response().flush();
        } catch (IOException e) {
            throw new ListenerException(e);
        }
    }

    private void afterRead() throws ListenerException {
        if (reader.inHead() || !connection.isBusy()) {
            return; // cancelled while what was read before was passed on
        }
        flush();
        if (!connection.isBusy()) {
            return;
        }
        if (exchange.response().wantsMore()) {
            connection.armBody();
        } else if (!paused) {
            paused = true;
            connection.disarmBody();
            channel.suspendReads();
        }
    }

    /** The client took what was buffered: go on reading. */
    void resume() {
        if (postponed) {
            goOn(); // what it reads may be enough again
        } else if (paused) {
            paused = false;
            connection.armBody();
            channel.resumeReads();
        }
    }
}
