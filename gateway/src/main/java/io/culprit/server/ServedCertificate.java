package io.culprit.server;

import java.time.Instant;
import java.util.List;

/**
 * A certificate that a listener shows to clients.
 *
 * @param listener address
 * @param names it is for, in lower case
 * @param ends when it is no longer valid
 * @param daysLeft whole days until then, negative afterwards
 * @param library that makes the handshakes
 * @param trouble why the listener's files cannot be read anew, empty for no trouble
 */
public record ServedCertificate(
        String listener, List<String> names, Instant ends, long daysLeft, String library, String trouble) {}
