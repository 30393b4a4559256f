package io.culprit.server.request.body;

import io.culprit.config.Limits;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.UpstreamConfig.Buffering;
import io.culprit.failure.Failure;
import io.culprit.http.RequestHead;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Spill;
import io.culprit.loop.TempFiles;
import io.culprit.server.clients.ClientExchange;
import io.culprit.server.clients.ShortOfMemory;
import io.culprit.upstream.request.ClientRequest;
import io.culprit.upstream.request.RequestBody;
import org.jspecify.annotations.Nullable;

/** How one request's body is taken in, and everything that must be given back afterwards. Owned by one IO thread. */
public final class BodyIntake {
    private static final String LEFT = "the client left while it sent its body: ";

    /** The request whose body it is. */
    public interface Owner {
        /** Told once, before the first byte is read. */
        void taking(BodyIntake intake);

        /**
         * The body can be sent.
         *
         * @param length in bytes, {@link ClientRequest#UNKNOWN} where it is still to come and was not announced
         */
        void bodyWhole(RequestBody body, long length);

        /** It never will be. */
        void fail(Failure failure);

        /** The client broke the connection. */
        void clientGone(String how);

        /** What follows a body that has ended. */
        Trailers trailers();
    }

    private final BodySource source;
    private final @Nullable Spill spill;
    private final @Nullable StreamedBody streamed;

    private BodyIntake(BodySource source, @Nullable Spill spill, @Nullable StreamedBody streamed) {
        this.source = source;
        this.spill = spill;
        this.streamed = streamed;
    }

    /**
     * Begins to take a body in, unless it is refused at once.
     *
     * @param passesOn whether the upstream may get it while it arrives
     * @param files where memory holds no more
     */
    public static void begin(
            Owner owner,
            ClientExchange client,
            Limits limits,
            UpstreamConfig upstream,
            boolean passesOn,
            TempFiles files) {
        RequestHead head = client.head();
        BodyLimit limit = BodyLimit.of(limits, upstream);
        if (head.bodyLength() > limit.bytes()) {
            owner.fail(limit.exceeded());
            return;
        }
        if (client.memory().reached(MemoryBudget.Level.NO_BODIES) && !client.bodyHeld()) {
            client.loop().memory().budget().refused();
            owner.fail(ShortOfMemory.failure(client.memory(), client.loop(), "a request body"));
            return;
        }
        if (head.expectsContinue()) {
            client.askForBody();
        }
        BodySource source =
                new BodySource(client.loop(), limit, limits.bodyTimeout().toNanos(), owner::fail, client);
        if (passesOn && !upstream.buffering().request()) {
            streamed(owner, source, client);
        } else {
            buffered(owner, source, client, upstream.buffering(), files);
        }
    }

    private static void buffered(
            Owner owner, BodySource source, ClientExchange client, Buffering limits, TempFiles files) {
        IoLoop loop = client.loop();
        Spill spill = new Spill(loop, client.memory(), limits.memory(), limits.disk(), files);
        BufferedIntake body = new BufferedIntake(
                source,
                spill,
                loop.readBuffer(),
                whole -> owner.bodyWhole(whole, whole.length()),
                owner::fail,
                client.memory(),
                how -> owner.clientGone(LEFT + how));
        owner.taking(new BodyIntake(source, spill, null));
        body.proceed();
    }

    private static void streamed(Owner owner, BodySource source, ClientExchange client) {
        RequestHead head = client.head();
        boolean chunked = head.bodyLength() == RequestHead.CHUNKED;
        StreamedBody body =
                new StreamedBody(source, client.loop(), chunked, owner::trailers, how -> owner.clientGone(LEFT + how));
        owner.taking(new BodyIntake(source, null, body));
        owner.bodyWhole(body, chunked ? ClientRequest.UNKNOWN : head.bodyLength());
    }

    /** Nobody wants the rest of the body. */
    public void pause() {
        if (!source.ended()) {
            source.pause();
        }
    }

    public long received() {
        return source.received();
    }

    public void release() {
        source.release();
        if (spill != null) {
            spill.release();
        }
        if (streamed != null) {
            streamed.release();
        }
    }
}
