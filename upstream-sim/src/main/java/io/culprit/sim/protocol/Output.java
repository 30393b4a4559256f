package io.culprit.sim.protocol;

import java.io.IOException;
import java.util.List;

/** Where a script's response goes, whichever protocol carries it. Owned by one worker. */
public interface Output {
    /**
     * The response head; once, before any body.
     *
     * @param reason possibly empty
     * @param lines header lines without line ends
     */
    void head(int status, String reason, List<String> lines) throws IOException;

    void body(byte[] bytes, int offset, int length) throws IOException;

    /** A message for the error log of whoever asked; lost where the protocol has no such stream. */
    void stderr(String message) throws IOException;

    /** Sends what is buffered. */
    void flush() throws IOException;

    /** The response is complete. */
    void end() throws IOException;

    /** Bytes as they are, past all framing: for broken responses. */
    void raw(byte[] bytes) throws IOException;
}
