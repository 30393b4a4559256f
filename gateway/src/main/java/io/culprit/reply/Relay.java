package io.culprit.reply;

import io.culprit.config.UpstreamConfig.Buffering;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.MessageException;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.loop.Spill;
import io.culprit.upstream.ResponseListener;
import io.culprit.upstream.UpstreamTunnel;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Passes an upstream's response on to the client, the body as it comes. With {@code buffering.hold} head and body are held back
 * until that much has arrived, so that a response that breaks early is still a failure and not a torn 200. Owned by
 * one IO thread.
 */
public final class Relay implements ResponseListener {
    /** Whose response it is. */
    public interface Owner {
        /** The upstream is done and everything is written or waits in the sink. Warning may be null. */
        void relayed(@Nullable Failure warning);

        void upstreamFailed(Failure failure, String noRetry);

        /** Upstream and client have switched protocols: from now on bytes pass both ways. */
        void switched(UpstreamTunnel upstream, ByteBuffer early);
    }

    private final Owner owner;
    private final ClientResponse client;
    private final boolean headRequest;
    private final boolean buffered;
    private final HeadChanges changes;
    private final long hold;
    private final Spill held;
    private boolean holding;
    private int status;

    /**
     * @param headRequest whether the client asked for the head only
     * @param changes what the route changes in heads
     * @param buffering {@code response: false} streams every response at once; {@code hold} are the bytes to wait for
     *     before the head is sent, 0 for none
     * @param held where they wait
     */
    public Relay(
            Owner owner,
            ClientResponse client,
            boolean headRequest,
            HeadChanges changes,
            Buffering buffering,
            Spill held) {
        this.owner = owner;
        this.client = client;
        this.headRequest = headRequest;
        this.changes = changes;
        this.buffered = buffering.response();
        this.hold = buffering.hold();
        this.held = held;
    }

    /** Status of the response that was or is being passed on, 0 before there is one. */
    public int status() {
        return status;
    }

    @Override
    public boolean committed() {
        return client.committed();
    }

    @Override
    public boolean wantsMore() {
        return !client.saturated();
    }

    @Override
    public boolean keepsUp() {
        return !client.behind();
    }

    @Override
    public void interim(ResponseHead head) throws IOException {
        client.interim(head);
    }

    @Override
    public void head(ResponseHead head, long bodyLength) throws IOException {
        HeaderBlock headers = head.headers();
        int buffering = headers.indexOf(HeaderName.X_ACCEL_BUFFERING, 0);
        boolean streamed = buffering >= 0 && headers.valueText(buffering).equalsIgnoreCase("no");
        client.eager(!buffered || streamed);
        status = head.status();
        boolean bodyless = headRequest || !head.mayHaveBody();
        holding = hold > 0 && !bodyless && !streamed;
        HeadChanges changed = changes;
        if (!headers.has(HeaderName.DATE)) {
            changed = changed.with("Date", HttpDate.now());
        }
        if (status >= 500) {
            changed = changed.with("Proxy-Status", ProxyStatus.relayed(status));
        }
        client.head(head, changed, bodyless ? head.contentLength() : bodyLength, bodyless);
        if (holding) {
            client.holdHead();
        }
    }

    @Override
    public void switched(ResponseHead head, ByteBuffer early, UpstreamTunnel upstream) {
        status = head.status();
        try {
            client.switched(head, changes);
        } catch (IOException e) {
            upstream.close();
            owner.upstreamFailed(
                    e instanceof MessageException broken
                            ? broken.failure()
                            : Failure.of(Cause.GATEWAY_INTERNAL, "switching protocols: " + e.getMessage()),
                    "");
            return;
        }
        owner.switched(upstream, early);
    }

    @Override
    public void body(ByteBuffer data) throws IOException {
        if (!holding) {
            client.body(data);
            return;
        }
        held.append(data);
        if (held.size() >= hold) {
            letGo();
        }
    }

    @Override
    public void trailers(Trailers trailers) {
        client.trailers(trailers.without(changes.removed()::contains));
    }

    private void letGo() throws IOException {
        holding = false;
        try {
            held.drain(client::body);
        } finally {
            held.release();
        }
    }

    @Override
    public void flush() throws IOException {
        if (!holding) {
            client.flush();
        }
    }

    @Override
    public void discard() {
        held.release();
        client.dropHead();
        status = 0;
        holding = false;
    }

    @Override
    public void complete(@Nullable Failure warning) {
        try {
            if (holding) {
                letGo();
            }
            client.end();
        } catch (IOException e) {
            owner.upstreamFailed(
                    Failure.of(
                            io.culprit.failure.Cause.GATEWAY_TEMP_DISK_FULL,
                            "buffering the response: " + e.getMessage()),
                    "");
            return;
        }
        owner.relayed(warning);
    }

    @Override
    public void failed(Failure failure, String noRetry) {
        if (!committed()) {
            discard();
        }
        owner.upstreamFailed(failure, noRetry);
    }
}
