package io.culprit.server.request;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.server.clients.ClientExchange;
import io.culprit.upstream.UpstreamTunnel;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.Errno;
import io.culprit.upstream.channel.UpstreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes both ways between a client and an upstream that have switched protocols (RFC 9110 section 7.8), until one side ends
 * it. A side that has ended still gets what the other sends; whoever is slow slows the other down. Owned by one IO thread.
 */
final class Tunnel implements ChannelHandler {
    /** Reads in one event: a fast side must not keep the thread from all others. */
    private static final int MAX_READS = 8;

    /** Who hears of the end. */
    interface Owner {
        /**
         * It is over.
         *
         * @param end which side ended it, and how
         * @param clean whether both sides got all that was sent
         */
        void tunnelEnded(Failure end, boolean clean);
    }

    private final ClientExchange client;
    private final UpstreamTunnel upstream;
    private final UpstreamChannel channel;
    private final IoLoop loop;
    private final long idleNanos;
    private final Owner owner;
    private final long beganNanos = System.nanoTime();
    private final Deadline idle = new Deadline() {
        @Override
        protected void expired() {
            idleExpired();
        }
    };
    private @Nullable ByteBuffer unsent;
    private long fromClient;
    private long fromUpstream;
    private long clientNanos = beganNanos;
    private long upstreamNanos = beganNanos;
    private boolean clientEnded;
    private boolean upstreamEnded;
    private boolean upstreamPaused;
    private @Nullable Cause first;
    private boolean over;

    /** @param idleNanos longest time without a byte either way */
    Tunnel(ClientExchange client, UpstreamTunnel upstream, IoLoop loop, long idleNanos, Owner owner) {
        this.client = client;
        this.upstream = upstream;
        this.channel = upstream.channel();
        this.loop = loop;
        this.idleNanos = idleNanos;
        this.owner = owner;
    }

    /** @param early bytes that came behind the upstream's head */
    void start(ByteBuffer early) {
        channel.handler(this);
        loop.deadlines().arm(idle, idleNanos);
        try {
            if (early.hasRemaining()) {
                fromUpstream += early.remaining();
                client.body(early);
                client.flush();
            }
        } catch (IOException e) {
            end(Failure.of(Cause.GATEWAY_TEMP_DISK_FULL, "buffering for the client: " + e.getMessage()), false);
            return;
        }
        channel.resumeReads();
        clientReadable();
    }

    long bytesFromClient() {
        return fromClient;
    }

    private void clientReadable() {
        if (over || clientEnded) {
            return;
        }
        try {
            for (int reads = 0; reads < MAX_READS; reads++) {
                ByteBuffer window = loop.readBuffer();
                int n = client.readBody(window);
                if (n < 0) {
                    clientEnded();
                    return;
                }
                if (n == 0) {
                    client.listen(this::clientReadable);
                    return;
                }
                fromClient += n;
                clientNanos = System.nanoTime();
                if (!send(window.flip())) {
                    client.watch(); // until the upstream takes more
                    return;
                }
                if (n < IoLoop.BUFFER_SIZE) {
                    client.listen(this::clientReadable); // a further read would find nothing: an event tells of more
                    return;
                }
            }
            client.listen(this::clientReadable);
            loop.execute(this::clientReadable);
        } catch (IOException e) {
            end(
                    Failure.of(
                            Cause.TUNNEL_CLIENT_RESET,
                            "after %s, %s".formatted(Text.duration(System.nanoTime() - beganNanos), bytes())),
                    false);
        }
    }

    private void clientEnded() {
        clientEnded = true;
        client.stopReading();
        ended(Cause.TUNNEL_CLIENT_CLOSED);
        if (over) {
            return;
        }
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            upstreamBroke(e);
        }
    }

    /** @return whether the upstream took all of it */
    private boolean send(ByteBuffer bytes) {
        try {
            channel.write(bytes);
        } catch (IOException e) {
            upstreamBroke(e);
            return false;
        }
        if (!bytes.hasRemaining()) {
            return true;
        }
        unsent = loop.lendLarge();
        unsent.put(bytes).flip();
        channel.resumeWrites();
        return false;
    }

    @Override
    public void writable() {
        if (over || unsent == null) {
            return;
        }
        try {
            channel.write(unsent);
        } catch (IOException e) {
            upstreamBroke(e);
            return;
        }
        if (!unsent.hasRemaining()) {
            channel.suspendWrites();
            loop.giveBackLarge(unsent);
            unsent = null;
            clientReadable();
        }
    }

    @Override
    public void readable() {
        if (over || upstreamEnded) {
            return;
        }
        try {
            int n;
            int reads = 0;
            do {
                ByteBuffer window = loop.readBuffer();
                try {
                    n = channel.read(window);
                } catch (IOException e) {
                    upstreamBroke(e);
                    return;
                }
                if (n < 0) {
                    upstreamEnded();
                    return;
                }
                if (n > 0) {
                    fromUpstream += n;
                    upstreamNanos = System.nanoTime();
                    client.body(window.flip());
                    client.flush();
                }
            } while (n == IoLoop.BUFFER_SIZE && ++reads < MAX_READS && !over && !client.saturated());
            if (!over && client.saturated()) {
                upstreamPaused = true;
                channel.suspendReads();
            }
        } catch (IOException e) {
            end(Failure.of(Cause.GATEWAY_TEMP_DISK_FULL, "buffering for the client: " + e.getMessage()), false);
        }
    }

    private void upstreamEnded() throws IOException {
        upstreamEnded = true;
        channel.suspendReads();
        client.end();
        ended(Cause.TUNNEL_UPSTREAM_CLOSED);
    }

    /** The client has taken all that waited for it. */
    void drained() {
        if (over) {
            return;
        }
        if (upstreamPaused) {
            upstreamPaused = false;
            channel.resumeReads();
        }
        if (clientEnded && upstreamEnded && client.idle()) {
            bothEnded();
        }
    }

    private void ended(Cause side) {
        if (first == null) {
            first = side;
        }
        if (clientEnded && upstreamEnded && client.idle()) {
            bothEnded();
        }
    }

    private void bothEnded() {
        end(
                Failure.of(
                        Objects.requireNonNull(first),
                        "after %s, %s".formatted(Text.duration(System.nanoTime() - beganNanos), bytes())),
                true);
    }

    private void upstreamBroke(IOException e) {
        end(
                Failure.of(
                        Cause.TUNNEL_UPSTREAM_RESET,
                        "after %s, %s".formatted(Text.duration(System.nanoTime() - beganNanos), bytes()),
                        Errno.of(e).label()),
                false);
    }

    /** The client left. */
    void clientGone(String how) {
        boolean closed = clientEnded || how.contains("closed");
        end(
                Failure.of(
                        closed ? Cause.TUNNEL_CLIENT_CLOSED : Cause.TUNNEL_CLIENT_RESET,
                        "%s after %s, %s".formatted(how, Text.duration(System.nanoTime() - beganNanos), bytes())),
                false);
    }

    private void idleExpired() {
        long now = System.nanoTime();
        long since = Math.min(now - clientNanos, now - upstreamNanos);
        if (since < idleNanos) {
            loop.deadlines().arm(idle, idleNanos - since);
            return;
        }
        // A side that has ended properly owes nothing more: the other one is waited for.
        boolean clientSilent = upstreamEnded || !clientEnded && clientNanos - upstreamNanos <= 0;
        end(
                Failure.of(
                        clientSilent ? Cause.TUNNEL_CLIENT_IDLE : Cause.TUNNEL_UPSTREAM_IDLE,
                        "no byte for timeouts.tunnel of %s; the client sent its last %s ago%s, the upstream %s ago%s; %s"
                                .formatted(
                                        Text.duration(idleNanos),
                                        Text.duration(now - clientNanos),
                                        clientEnded ? " and has ended its side" : "",
                                        Text.duration(now - upstreamNanos),
                                        upstreamEnded ? " and has ended its side" : "",
                                        bytes())),
                false);
    }

    private String bytes() {
        return "%d bytes from the client, %d from the upstream".formatted(fromClient, fromUpstream);
    }

    /** Ends it for a reason of the gateway's own. */
    void end(Failure why) {
        end(why, false);
    }

    private void end(Failure why, boolean clean) {
        if (over) {
            return;
        }
        over = true;
        loop.deadlines().remove(idle);
        if (unsent != null) {
            loop.giveBackLarge(unsent);
            unsent = null;
        }
        upstream.close();
        owner.tunnelEnded(why, clean);
    }

    @Override
    public void abandoned(String why) {
        end(Failure.of(Cause.GATEWAY_INTERNAL, why), false);
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
