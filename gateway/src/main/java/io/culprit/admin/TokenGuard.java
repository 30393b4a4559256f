package io.culprit.admin;

import io.culprit.config.AdminConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request to the admin listener may read or write. On loopback anybody may read; elsewhere, and for whatever
 * changes something, the token must be given, as {@code Bearer TOKEN} or, for browsers, as the password of Basic
 * authentication. Compared in constant time.
 */
final class TokenGuard {
    private final boolean open;
    private final byte[] token;

    private TokenGuard(boolean open, String token) {
        this.open = open;
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    static TokenGuard of(AdminConfig config) {
        return new TokenGuard(config.address().getAddress().isLoopbackAddress(), config.token());
    }

    /**
     * Whether it may read.
     *
     * @param authorization the request's Authorization, null when there is none
     */
    boolean admits(@Nullable String authorization) {
        return open || admitsWrite(authorization);
    }

    /** As {@link #admits}, for what changes something. */
    boolean admitsWrite(@Nullable String authorization) {
        return hasToken() && authorization != null && MessageDigest.isEqual(token, given(authorization));
    }

    /** Whether one is configured; without it nothing can be changed. */
    boolean hasToken() {
        return token.length > 0;
    }

    private static byte[] given(String authorization) {
        int space = authorization.indexOf(' ');
        String scheme = space < 0 ? "" : authorization.substring(0, space);
        String rest = authorization.substring(space + 1).trim();
        if (scheme.equalsIgnoreCase("Bearer")) {
            return rest.getBytes(StandardCharsets.UTF_8);
        }
        if (scheme.equalsIgnoreCase("Basic")) {
            try {
                String pair = new String(Base64.getDecoder().decode(rest), StandardCharsets.UTF_8);
                return pair.substring(pair.indexOf(':') + 1).getBytes(StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return new byte[0]; // not Base64: no token
            }
        }
        return new byte[0];
    }
}
