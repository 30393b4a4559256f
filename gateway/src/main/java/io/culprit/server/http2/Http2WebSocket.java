package io.culprit.server.http2;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a WebSocket's handshake needs in HTTP/1.1 and an HTTP/2 client does not send (RFC 8441 section 5, RFC 6455 section 4).
 * Stateless.
 */
final class Http2WebSocket {
    /** Name of the upstream's answer to the key. */
    static final String ACCEPT = "sec-websocket-accept";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Http2WebSocket() {}

    /** A fresh Sec-WebSocket-Key. */
    static String key() {
        byte[] nonce = new byte[16];
        ThreadLocalRandom.current().nextBytes(nonce); // it tells a cache from a server, and keeps nothing secret
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** The Sec-WebSocket-Accept that answers a key. */
    static String accepted(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
