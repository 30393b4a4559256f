package io.culprit.reply;

import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The response half of an exchange with a client, whichever protocol it speaks: how a message is framed is the protocol's
 * matter. One head is given, then its body, then {@link #end}; interim responses may come before. A broken client is never
 * told from within one of these methods. Owned by one IO thread.
 */
public interface ClientResponse {
    /** Length of a body of the gateway's own that is not known beforehand. */
    long STREAMED = -2;

    /** Asks for back-pressure as soon as the client is behind, instead of buffering. */
    void eager(boolean streamAtOnce);

    /** How much of a response may wait for the client, in memory and beyond that on disk, in bytes. */
    void limits(long memory, long disk);

    /** True when whoever produces bytes should pause until it is told that the client took them. */
    boolean saturated();

    /** True while bytes wait that the client did not take at once: nobody is served faster by reading ahead for it. */
    boolean behind();

    /** True when nothing waits for the client. */
    boolean idle();

    /** True once the client is known to take no more. */
    boolean broken();

    /** Bytes that have left towards the client, heads and framing included. */
    long written();

    /** Whether any of the response's head is on its way or gone, so that no other can be sent. */
    boolean committed();

    /** Passes an interim response (1xx) on, where the client's protocol has them; flushed at once. */
    void interim(ResponseHead head) throws IOException;

    /**
     * Stages an upstream's head, hop-by-hop fields and what {@code changes} says left out.
     *
     * @param bodyLength bytes that {@link #body} will be given, -1 when their number is not known yet
     * @param bodyless whether no body follows whatever the head says: HEAD, 204, 304
     */
    void head(ResponseHead head, HeadChanges changes, long bodyLength, boolean bodyless) throws IOException;

    /**
     * Tells the client that the upstream has switched protocols (101): what {@link #body} takes from now on goes out as it is,
     * and {@link #end} says that nothing more will come.
     *
     * @throws io.culprit.http.MessageException when the upstream's answer is none to what the client asked
     */
    void switched(ResponseHead head, HeadChanges changes) throws IOException;

    /**
     * Stages a head of the gateway's own.
     *
     * @param bodyLength bytes of the body, -1 for none and no announcement of one (304), {@link #STREAMED} where {@link #end}
     *     tells where it ends
     * @param bodyless whether the body that the head announces does not follow
     */
    void head(ReplyHead head, long bodyLength, boolean bodyless) throws IOException;

    /**
     * Keeps the staged head back, beyond the current event, until bytes of the body or its end are given. Nothing is {@link
     * #committed} until then.
     */
    void holdHead();

    /** Takes a head that was staged or held back: another one may be given. */
    void dropHead();

    /** Takes all of {@code data} as a part of the body. */
    void body(ByteBuffer data) throws IOException;

    /**
     * Takes a part of a file as a part of the body, behind all that was given before; nothing else may be given until it is
     * drained.
     *
     * @param from offset of the first byte
     * @param to offset behind the last byte
     */
    void file(FileChannel source, long from, long to) throws IOException;

    /** Fields to follow the body, before {@link #end}; they go where the client takes such. */
    void trailers(Trailers trailers);

    /** The body is whole; flushed with this. */
    void end() throws IOException;

    /** Lets go what is staged; must come at the end of each event that gave bytes. */
    void flush() throws IOException;
}
