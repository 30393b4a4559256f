package io.culprit.server.clients;

import io.culprit.http.RequestHead;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.reply.ClientResponse;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.tls.TlsSession;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import io.culprit.upstream.request.ClientRoute;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One request and its answer in the client's protocol: the way between what speaks HTTP/1.1 or HTTP/2 and what routes,
 * admits, asks an upstream, relays and records. How a message is framed, how a torn one is made visible and what follows an
 * exchange are the protocol's; who uses this does not know which it is. Owned by one IO thread.
 */
public interface ClientExchange extends ClientResponse {
    /** What happens to it; never told from within one of its own methods. */
    interface Events {
        /** All bytes given so far have left, after {@link #idle} was false. */
        void drained();

        /** The client is no longer there, or wants the answer no more; {@code how} says how it made that known. */
        void gone(String how);

        /** Nobody waits any longer for the client to take the answer; {@code why} says what it did not do. */
        void stalled(String why);

        /** The file being sent cannot be read to its end. */
        void fileBroken(String why);

        /** Something nobody foresaw happened on the way. */
        void broken(Throwable trouble);

        /** The gateway stops: what can still be answered is answered so. */
        void stop();

        /** Ends now, with its outcome when this returns. */
        void terminate();
    }

    /** The loop whose thread owns it. */
    IoLoop loop();

    /** The request's head; valid until {@link #finished} or {@link #tear}. */
    RequestHead head();

    /** The protocol as access logs name it, such as {@code HTTP/1.1}. */
    String protocol();

    /** Whether the end of a body whose length was not announced is seen without a close (not in HTTP/1.0). */
    default boolean framesUnknownLength() {
        return true;
    }

    /** Number of the protocol's stream, 0 where it has none. */
    default int stream() {
        return 0;
    }

    /** Who is at the other end. */
    ForwardedHeaders forwarded();

    /** Who speaks to whom on the connection, as its PROXY preamble says where it had one. */
    ClientRoute route();

    /** What the client's TLS handshake agreed on, empty for a plain connection. */
    Optional<TlsSession> tls();

    /** What the client's connection holds. */
    MemoryAccount memory();

    /**
     * Who a FastCGI application is told is asking.
     *
     * @param address the client's address after trusted proxies were taken off
     */
    FastCgiRequest.Client cgiClient(String address);

    /** Whether the client asks for a switch of protocols, and for which; empty for none. */
    String upgrade();

    /** The client has ended its side of a tunnel: nothing more will be read. */
    void stopReading();

    /**
     * Reads the next bytes of the request's body, or of a tunnel.
     *
     * @return bytes read, 0 when none are there now, -1 at the end of the body
     * @throws io.culprit.http.MessageException when the body breaks its framing; nothing more will be read
     * @throws IOException when the client broke the connection
     */
    int readBody(ByteBuffer into) throws IOException;

    /** Whether the request has been read to its end. */
    boolean bodyWhole();

    /** The fields behind the body, once {@link #readBody} has told its end. */
    Trailers requestTrailers();

    /** Whether all of the body has arrived, though it was not read yet. */
    boolean bodyHeld();

    /** Has bytes of the body told to {@code readable}, until {@link #watch}. */
    void listen(Runnable readable);

    /** Nobody wants bytes of the body now; the client's leaving is noticed all the same. */
    void watch();

    /** Tells a client that waits for it to send its body: 100 (Continue). */
    void askForBody();

    /** The rest of the body is not wanted, whether or not its end was read already. */
    void refuseBody();

    /**
     * The answer has left whole. What follows is the protocol's matter.
     *
     * @param now of {@link System#nanoTime}
     */
    void finished(long now);

    /** There will be no answer, or no rest of it: what was sent of it must not look whole. */
    void tear();
}
