package io.culprit.sim.protocol;

import java.io.IOException;
import java.util.Optional;

/** One connection's requests, one after the other. Owned by one worker. */
public interface Conversation {
    /**
     * Waits for the first byte of a request.
     *
     * @return false when the other side closed instead
     */
    boolean awaitBytes() throws IOException;

    /**
     * Reads a request up to its body.
     *
     * @return empty when the bytes make no request; the connection is then closed without an answer
     */
    Optional<ScriptRequest> request() throws IOException;

    /** Reads the request's body; blocks until it is all there. */
    void readBody() throws IOException;

    /** Where the response to the last request goes. */
    Output output();
}
