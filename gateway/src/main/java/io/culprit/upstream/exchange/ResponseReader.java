package io.culprit.upstream.exchange;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.ResponseHead;
import io.culprit.upstream.request.UpstreamRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * HEAD and BODY in one protocol: turns the bytes of one response into calls of a {@link Delivery}. Any split of the
 * bytes must give the same calls. One per connection, reused from response to response; owned by one IO thread.
 */
public interface ResponseReader {
    /** A request goes out; the next byte begins its response. */
    void begin(UpstreamRequest request);

    /** Bytes of heap held beyond what every connection weighs, of which most readers hold none. */
    int held();

    /** No response is under way: lets go of what {@link #held} counts. */
    void rest();

    /**
     * Takes bytes of the response.
     *
     * @return true when it is complete; bytes that remain do not belong to it
     * @throws MessageException when it breaks the protocol's grammar or a limit
     * @throws ListenerException when whoever gets the response cannot take it
     * @throws GivenUpException when the attempt's owner does not want it
     */
    boolean consume(ByteBuffer in, Delivery to) throws MessageException, ListenerException, GivenUpException;

    /** The head with which the upstream switched protocols, empty where it did not. */
    default Optional<ResponseHead> switched() {
        return Optional.empty();
    }

    /** True until the final response head is complete. */
    boolean inHead();

    /** True while no byte of any response has arrived. */
    boolean untouched();

    /** Bytes of the final response's head that have arrived; what came beside it is none of them. */
    int headBytes();

    /** What came beside the response's head, in words such as {@code 20 bytes of STDERR}; empty for nothing. */
    String beside();

    /** True when the end of the connection is the proper end of this response. */
    boolean endsWithConnection();

    /** True when everything the head announced has come, although the protocol's own end is still missing. */
    boolean whole();

    /** Whether the connection can carry another exchange now that this response is complete. */
    boolean reusable();

    /** {@link #announcedIdleNanos} of an upstream that says nothing. */
    long NOT_ANNOUNCED = -1;

    /** How long the upstream says it keeps an idle connection, in nanoseconds, or {@link #NOT_ANNOUNCED}. */
    default long announcedIdleNanos() {
        return NOT_ANNOUNCED;
    }

    /** How far the body came, for people: "17 of 100 bytes of the body". */
    String bodyProgress();

    /** The cause when the connection ends inside the body. */
    Cause truncated();

    /** Something that was wrong with a response that is complete all the same. */
    Optional<Failure> warning();

    /** What the application wrote to its error stream, bounded and printable; empty where there is no such stream. */
    String stderr();

    /** Further observations that support whatever failure ends this response. */
    List<Evidence> evidence();
}
