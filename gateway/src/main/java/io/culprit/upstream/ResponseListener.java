package io.culprit.upstream;

import io.culprit.failure.Failure;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.upstream.request.UpstreamRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Who gets the response. All calls come from the request's IO thread, in the order of the methods. */
public interface ResponseListener {
    /** An interim response to pass on (102, 103 and all others but 100 and 101). The head is valid during the call only. */
    void interim(ResponseHead head) throws IOException;

    /**
     * The head of the final response. Valid during the call only.
     *
     * @param bodyLength bytes of body to come, -1 when it is chunked or ends with the connection
     */
    void head(ResponseHead head, long bodyLength) throws IOException;

    /**
     * The upstream switched protocols (101): from now on bytes pass both ways. Called instead of {@link #head}, only where the
     * request {@link UpstreamRequest#upgrades}.
     *
     * @param head valid during the call only
     * @param early bytes that came behind it
     */
    default void switched(ResponseHead head, ByteBuffer early, UpstreamTunnel upstream) {
        throw new IllegalStateException("no switch of protocols was asked for");
    }

    /** Fields behind the body, before {@link #complete}; only where there are any. */
    default void trailers(Trailers trailers) {
        // nobody asked for them
    }

    /** Payload, to be taken entirely. */
    void body(ByteBuffer data) throws IOException;

    /** False asks the upstream to pause until {@link UpstreamCall#resume}. */
    boolean wantsMore();

    /** False when whoever gets the response is behind, so that one read for each event is enough. */
    default boolean keepsUp() {
        return true;
    }

    /** The end of one event: what was collected may be written now. */
    void flush() throws IOException;

    /** True once something was sent to the client, so that no other attempt can be made. */
    boolean committed();

    /** Forgets a response that was never shown to the client: another attempt follows. */
    void discard();

    /**
     * The response is complete.
     *
     * @param warning something that was wrong but did no harm, or null
     */
    void complete(@Nullable Failure warning);

    /**
     * There will be no (more) response.
     *
     * @param noRetry why no further attempt was made, empty where the question did not arise
     */
    void failed(Failure failure, String noRetry);
}
