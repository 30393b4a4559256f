package io.culprit.server.request;

import io.culprit.config.UpstreamConfig.Buffering;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.Spill;
import io.culprit.loop.TempFiles;
import io.culprit.upstream.ClientRequest;
import org.jspecify.annotations.Nullable;

/** How one request's body is taken in, and everything that must be given back afterwards. Owned by one IO thread. */
final class BodyIntake {
    private final BodySource source;
    private final @Nullable Spill spill;
    private final @Nullable StreamedBody streamed;

    private BodyIntake(BodySource source, @Nullable Spill spill, @Nullable StreamedBody streamed) {
        this.source = source;
        this.spill = spill;
        this.streamed = streamed;
    }

    /** Reads the whole body first; {@code exchange} hears of the end. */
    static void buffered(
            HttpExchange exchange,
            BodySource source,
            IoLoop loop,
            MemoryAccount memory,
            Buffering limits,
            TempFiles files) {
        Spill spill = new Spill(loop, memory, limits.memory(), limits.disk(), files);
        BufferedIntake body = new BufferedIntake(
                source,
                spill,
                loop.readBuffer(),
                whole -> exchange.bodyWhole(whole, whole.length()),
                exchange::fail,
                memory,
                how -> exchange.clientGone("the client left while it sent its body: " + how));
        exchange.onIntake(new BodyIntake(source, spill, null));
        body.proceed();
    }

    /** Passes the body on while it arrives. */
    static void streamed(HttpExchange exchange, BodySource source, IoLoop loop, RequestHead head) {
        boolean chunked = head.bodyLength() == RequestHead.CHUNKED;
        StreamedBody body = new StreamedBody(
                source,
                loop,
                chunked,
                exchange::trailers,
                how -> exchange.clientGone("the client left while it sent its body: " + how));
        exchange.onIntake(new BodyIntake(source, null, body));
        exchange.bodyWhole(body, chunked ? ClientRequest.UNKNOWN : head.bodyLength());
    }

    /** Nobody wants the rest of the body. */
    void pause() {
        if (!source.ended()) {
            source.pause();
        }
    }

    long received() {
        return source.received();
    }

    void release() {
        source.release();
        if (spill != null) {
            spill.release();
        }
        if (streamed != null) {
            streamed.release();
        }
    }
}
