package io.culprit.bench.jmh.embedded;

import io.culprit.loop.IoLoop;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.UpstreamChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/** Upstream servers in this process, whose requests wait until {@link #answerNext}. Used on one IO thread. */
final class EmbeddedPeer {
    /** A server on this port takes requests and is never heard of again. */
    static final int SILENT = 2;

    private static final byte[] RESPONSE =
            "HTTP/1.1 200 OK\r\nServer: embedded\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
                    .getBytes(StandardCharsets.US_ASCII);

    private final ArrayDeque<Channel> asked = new ArrayDeque<>();

    /** A {@link io.culprit.upstream.channel.Dialer}. */
    UpstreamChannel connect(IoLoop loop, SocketAddress address, ChannelHandler handler) {
        return new Channel(handler, ((InetSocketAddress) address).getPort() != SILENT);
    }

    /** Answers the request that has waited longest. */
    void answerNext() {
        asked.removeFirst().answer();
    }

    private final class Channel implements UpstreamChannel {
        private final ByteBuffer response = ByteBuffer.wrap(RESPONSE);
        private final boolean answering;
        private ChannelHandler handler;

        Channel(ChannelHandler handler, boolean answering) {
            this.handler = handler;
            this.answering = answering;
            response.position(response.limit());
        }

        void answer() {
            response.clear();
            handler.readable();
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public void handler(ChannelHandler newHandler) {
            handler = newHandler;
        }

        @Override
        public int read(ByteBuffer target) {
            int n = response.remaining();
            target.put(response);
            return n;
        }

        @Override
        public void shutdownOutput() {
            // nothing waits for it
        }

        @Override
        public int write(ByteBuffer source) {
            int n = source.remaining();
            source.position(source.limit());
            if (answering) {
                asked.addLast(this);
            }
            return n;
        }

        @Override
        public void resumeWrites() {
            // there is always room
        }

        @Override
        public void suspendWrites() {
            // there is always room
        }

        @Override
        public void resumeReads() {
            // answers come when they are asked for
        }

        @Override
        public void suspendReads() {
            // answers come when they are asked for
        }

        @Override
        public void close() {
            asked.remove(this);
        }
    }
}
