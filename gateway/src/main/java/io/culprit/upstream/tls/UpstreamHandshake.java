package io.culprit.upstream.tls;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.http.Sample;
import io.culprit.loop.IoLoop;
import io.culprit.tls.NoRecordException;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.Errno;
import io.culprit.upstream.channel.UpstreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TLS handshake with a server, on a channel that is connected. What the library has to compute runs on the worker's threads.
 * Owned by one loop; whoever started it bounds its time and may {@link #cancel} it.
 */
public final class UpstreamHandshake implements ChannelHandler {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHandshake.class);

    private final PeerTls tls;
    private final UpstreamChannel below;
    private final TlsUpstreamChannel channel;
    private final SSLEngine engine;
    private final IoLoop loop;
    private final Consumer<UpstreamChannel> done;
    private final Consumer<Failure> failed;
    private boolean computing;
    private boolean over;

    /**
     * @param host the server's own name
     * @param done gets the channel that speaks plaintext
     * @param failed told why there is none; the channel below is to be closed then
     */
    public UpstreamHandshake(
            PeerTls tls,
            UpstreamChannel below,
            IoLoop loop,
            String host,
            int port,
            Consumer<UpstreamChannel> done,
            Consumer<Failure> failed) {
        this.tls = tls;
        this.below = below;
        this.loop = loop;
        this.engine = tls.engine(host, port);
        this.channel = new TlsUpstreamChannel(below, engine, loop, tls, this);
        this.done = done;
        this.failed = failed;
    }

    /** Sends the first message. */
    public void start() {
        below.handler(channel.events());
        try {
            engine.beginHandshake();
        } catch (SSLException e) {
            fail(HandshakeFailure.of(e, false));
            return;
        }
        advance();
    }

    private void advance() {
        try {
            while (!over && !computing) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> compute();
                    case NEED_WRAP -> channel.wrapOwn();
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        int n = channel.shake();
                        if (n < 0) {
                            fail(Failure.of(Cause.TLS_CLOSED, "the server closed the connection during the handshake"));
                            return;
                        }
                        if (n == 0) {
                            if (channel.nextIsNoRecord()) {
                                fail(notTls(channel.unread()));
                            }
                            return;
                        }
                    }
                    default -> {
                        over = true;
                        done.accept(channel);
                        return;
                    }
                }
            }
        } catch (SSLException e) {
            ByteBuffer rest = channel.unread();
            String text = String.valueOf(e.getMessage());
            if (e instanceof NoRecordException
                    || text.contains("plaintext connection")
                    || text.contains("Unsupported or unrecognized")) {
                fail(notTls(rest));
            } else {
                sayWhy();
                fail(HandshakeFailure.of(e, tls.lacksCertificate(engine)));
            }
        } catch (IOException e) {
            Errno errno = Errno.of(e);
            fail(Failure.of(
                    Cause.TLS_CLOSED,
                    "the server broke the connection during the handshake: "
                            + String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT),
                    errno.label()));
        }
    }

    private static Failure notTls(ByteBuffer bytes) {
        Failure failure =
                Failure.of(Cause.TLS_NOT_TLS, "the server answers the ClientHello with what is no TLS record");
        return bytes.hasRemaining() ? failure.with(new Evidence("bytes", Sample.of(bytes))) : failure;
    }

    private void sayWhy() {
        try {
            if (engine.getHandshakeStatus() == javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_WRAP) {
                channel.wrapOwn();
            }
        } catch (IOException e) {
            LOG.debug("an alert did not leave: {}", e.getMessage());
        }
    }

    private void compute() {
        List<Runnable> tasks = new ArrayList<>(1);
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            tasks.add(task);
        }
        computing = true;
        below.suspendReads();
        loop.thread().getWorker().execute(() -> {
            try {
                tasks.forEach(Runnable::run);
            } finally {
                loop.execute(() -> {
                    computing = false;
                    if (!over) {
                        below.resumeReads();
                        advance();
                    }
                });
            }
        });
    }

    private void fail(Failure failure) {
        if (!over) {
            over = true;
            Failure told = evidence(failure);
            channel.close();
            failed.accept(told);
        }
    }

    /** The failure with what the server has shown so far. */
    public Failure evidence(Failure failure) {
        return PeerEvidence.with(failure, engine);
    }

    /** Nobody wants it any more. Idempotent. */
    public void cancel() {
        over = true;
        channel.close();
    }

    @Override
    public void readable() {
        if (!over && !computing) {
            advance();
        }
    }

    @Override
    public void writable() {
        // what waits is the channel's
    }

    @Override
    public void abandoned(String why) {
        fail(Failure.of(Cause.GATEWAY_INTERNAL, why));
    }

    @Override
    public void connected() {
        throw new IllegalStateException("the channel was connected already");
    }

    @Override
    public void connectFailed(IOException e) {
        throw new IllegalStateException("the channel was connected already", e);
    }
}
