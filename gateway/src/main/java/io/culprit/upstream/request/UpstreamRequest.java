package io.culprit.upstream.request;

import java.nio.ByteBuffer;
import java.util.Optional;

/** What one request asks of an upstream. Made by the server, read on the request's IO thread. */
public interface UpstreamRequest {
    /** The request id, for ejections and logs. */
    String id();

    String method();

    /** Another attempt begins; its number is from 1. Before {@link #encodeHead}. */
    default void attempt(int number) {}

    /** Upper bound of the head's size in bytes. */
    int headBound();

    /** Writes the HTTP/1.1 request head, empty line included. */
    void encodeHead(ByteBuffer out);

    RequestBody body();

    /** Whether it asks for a switch of protocols, so that 101 is an answer to it. */
    default boolean upgrades() {
        return false;
    }

    /** Who speaks to whom on the client's side; empty for requests of the gateway's own. */
    default Optional<ClientRoute> clientRoute() {
        return Optional.empty();
    }

    /** The client's address, for {@code ip_hash}: 4 or 16 bytes. */
    byte[] clientAddress();
}
