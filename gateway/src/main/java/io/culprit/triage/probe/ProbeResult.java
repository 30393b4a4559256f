package io.culprit.triage.probe;

import io.culprit.failure.Cause;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One question and what came of it. Durations are milliseconds, -1 for a phase that was not reached.
 *
 * @param address what was connected to, possibly empty
 * @param addresses all that the name stands for
 * @param nameMillis looking up the name
 * @param connectMillis TCP connection
 * @param tlsMillis TLS handshake
 * @param firstMillis from the request to the first byte
 * @param totalMillis all
 * @param certificate what the peer showed, where it spoke TLS
 * @param answer what it answered, as far as it came
 * @param failure what ended it before an answer or within one
 * @param detail the failure in words, empty without one
 */
public record ProbeResult(
        String address,
        List<String> addresses,
        long nameMillis,
        long connectMillis,
        long tlsMillis,
        long firstMillis,
        long totalMillis,
        Optional<Certificate> certificate,
        Optional<Answer> answer,
        Optional<Cause> failure,
        String detail) {

    /** An answer that came to its end, or was still coming when the time was over. */
    public boolean answered() {
        return answer.isPresent() && failure.map(f -> f == Cause.BODY_TIMEOUT).orElse(true);
    }

    /**
     * The peer's certificate.
     *
     * @param protocol e.g. TLSv1.3
     * @param cipher suite
     * @param names all it is for
     * @param issuer who signed it
     * @param ends when it stops to be valid
     * @param fingerprint SHA-256, hexadecimal
     * @param trouble why a client would refuse it, empty when it would not
     */
    public record Certificate(
            String protocol,
            String cipher,
            List<String> names,
            String issuer,
            Instant ends,
            String fingerprint,
            String trouble) {
        /** Days left. */
        public long days() {
            return java.time.Duration.between(Instant.now(), ends).toDays();
        }
    }
}
