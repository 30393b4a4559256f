package io.culprit.server;

import io.culprit.config.UpstreamConfig.Check;
import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.ResponseHead;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.reply.Ascii;
import io.culprit.upstream.Peer;
import io.culprit.upstream.PeerGroup;
import io.culprit.upstream.PeerProbe;
import io.culprit.upstream.ResponseListener;
import io.culprit.upstream.Upstream;
import io.culprit.upstream.fastcgi.PageRequest;
import io.culprit.upstream.request.RequestBody;
import io.culprit.upstream.request.UpstreamRequest;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every peer of an upstream for one path, again and again, over the same engine as requests, so that a failing
 * check is named as exactly. 2xx and 3xx are healthy. Owned by one IO thread.
 */
final class HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

    private final Upstream upstream;
    private final Check check;
    private final IoLoop loop;
    private final Set<Peer> running = new HashSet<>();
    private volatile boolean stopped;
    private final Deadline next = new Deadline() {
        @Override
        protected void expired() {
            round();
        }
    };

    HealthCheck(Upstream upstream, Check check, IoLoop loop) {
        this.upstream = upstream;
        this.check = check;
        this.loop = loop;
    }

    void start() {
        loop.execute(this::round);
    }

    void stop() {
        stopped = true;
    }

    private void round() {
        if (stopped) {
            return;
        }
        loop.deadlines().arm(next, check.every().toNanos());
        PeerGroup group = upstream.peers().group();
        upstream.peers().ready(loop, () -> {}); // resolves names before the first request does
        for (List<Peer> tier : List.of(group.primaries(), group.backups())) {
            for (Peer peer : tier) {
                if (!peer.down() && running.add(peer)) {
                    new PeerProbe(upstream, peer, loop, request(), new Result(peer)).start();
                }
            }
        }
    }

    private UpstreamRequest request() {
        return upstream.config()
                .fastcgi()
                .map(site -> (UpstreamRequest) PageRequest.check(check.path(), site))
                .orElseGet(ProbeRequest::new);
    }

    private final class ProbeRequest implements UpstreamRequest {
        @Override
        public String id() {
            return "health-check";
        }

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public int headBound() {
            return check.path().length() + 256;
        }

        @Override
        public void encodeHead(ByteBuffer out) {
            Ascii.put(
                    out,
                    "GET " + check.path() + " HTTP/1.1\r\nHost: " + upstream.name()
                            + "\r\nUser-Agent: culprit-health-check\r\nConnection: close\r\n\r\n");
        }

        @Override
        public RequestBody body() {
            return RequestBody.NONE;
        }

        @Override
        public byte[] clientAddress() {
            return new byte[4];
        }
    }

    private final class Result implements ResponseListener {
        private final Peer peer;
        private int status;

        Result(Peer peer) {
            this.peer = peer;
        }

        @Override
        public void interim(ResponseHead head) {}

        @Override
        public void head(ResponseHead head, long bodyLength) {
            status = head.status();
        }

        @Override
        public void body(ByteBuffer data) {
            data.position(data.limit());
        }

        @Override
        public boolean wantsMore() {
            return true;
        }

        @Override
        public void flush() {}

        @Override
        public boolean committed() {
            return true;
        }

        @Override
        public void discard() {}

        @Override
        public void complete(@Nullable Failure warning) {
            running.remove(peer);
            if (status < 400) {
                upstream.checkedGood(peer);
            } else {
                upstream.checkedBad(
                        peer, Failure.of(Cause.ORIGIN_ERROR, "GET %s answered %d".formatted(check.path(), status)));
            }
        }

        @Override
        public void failed(Failure failure, String noRetry) {
            running.remove(peer);
            if (failure.cause().blame() == Blame.GATEWAY) {
                LOG.warn("the check of {} could not be made: {}", peer.name(), failure.detail());
                return; // our own trouble says nothing about the peer
            }
            upstream.checkedBad(peer, failure);
        }
    }
}
