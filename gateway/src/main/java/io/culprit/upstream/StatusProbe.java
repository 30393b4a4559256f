package io.culprit.upstream;

import io.culprit.failure.Failure;
import io.culprit.http.ResponseHead;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.evidence.FpmStatus;
import io.culprit.upstream.fastcgi.PageRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One question to a pool's status page, out of band: on a connection of its own. Owned by one IO thread. */
final class StatusProbe implements ResponseListener {
    private static final int LONGEST = 64 * 1024;

    private final Answer answer;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(512);
    private final PeerProbe probe;
    private int status;

    /** Told once, unless the probe is cancelled before. */
    interface Answer {
        /**
         * @param status the figures, empty when there are none
         * @param trouble why not, empty when there are
         */
        void status(Optional<FpmStatus> status, String trouble);
    }

    private StatusProbe(Upstream upstream, Peer peer, IoLoop loop, String path, Answer answer) {
        this.answer = answer;
        this.probe = new PeerProbe(upstream, peer, loop, PageRequest.status(path), this);
    }

    static StatusProbe start(Upstream upstream, Peer peer, IoLoop loop, String path, Answer answer) {
        StatusProbe started = new StatusProbe(upstream, peer, loop, path, answer);
        started.probe.start();
        return started;
    }

    void cancel() {
        probe.cancel();
    }

    @Override
    public void interim(ResponseHead head) {
        // FastCGI has none
    }

    @Override
    public void head(ResponseHead head, long bodyLength) {
        status = head.status();
    }

    @Override
    public void body(ByteBuffer data) {
        byte[] piece = new byte[Math.min(data.remaining(), LONGEST - body.size())];
        data.get(piece);
        body.writeBytes(piece);
        data.position(data.limit());
    }

    @Override
    public boolean wantsMore() {
        return true;
    }

    @Override
    public void flush() {
        // nothing is passed on
    }

    @Override
    public boolean committed() {
        return true;
    }

    @Override
    public void discard() {
        // never asked for: a probe is made once
    }

    @Override
    public void complete(@Nullable Failure warning) {
        Optional<FpmStatus> parsed = status == 200 ? FpmStatus.parse(body.toByteArray()) : Optional.empty();
        answer.status(
                parsed,
                parsed.isPresent()
                        ? ""
                        : "it answered %d, which is no status page; check pm.status_path".formatted(status));
    }

    @Override
    public void failed(Failure failure, String noRetry) {
        answer.status(Optional.empty(), failure.cause().id() + ", " + failure.detail());
    }
}
