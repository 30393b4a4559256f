package io.culprit.server.tls;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Alerts that come in the clear (RFC 8446 section 6), as clients send them that do not trust the certificate: libraries expect
 * them encrypted by then and complain of the record instead of telling what it says. Stateless.
 */
final class Alerts {
    private static final int ALERT = 21;
    private static final int RECORD_HEADER = 5;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "close_notify"),
            Map.entry(10, "unexpected_message"),
            Map.entry(20, "bad_record_mac"),
            Map.entry(22, "record_overflow"),
            Map.entry(40, "handshake_failure"),
            Map.entry(42, "bad_certificate"),
            Map.entry(43, "unsupported_certificate"),
            Map.entry(44, "certificate_revoked"),
            Map.entry(45, "certificate_expired"),
            Map.entry(46, "certificate_unknown"),
            Map.entry(47, "illegal_parameter"),
            Map.entry(48, "unknown_ca"),
            Map.entry(49, "access_denied"),
            Map.entry(50, "decode_error"),
            Map.entry(51, "decrypt_error"),
            Map.entry(70, "protocol_version"),
            Map.entry(71, "insufficient_security"),
            Map.entry(80, "internal_error"),
            Map.entry(90, "user_canceled"),
            Map.entry(109, "missing_extension"),
            Map.entry(110, "unsupported_extension"),
            Map.entry(112, "unrecognized_name"),
            Map.entry(116, "certificate_required"),
            Map.entry(120, "no_application_protocol"));

    private Alerts() {}

    /** Whether a record is an alert that is not encrypted. */
    static boolean inClear(ByteBuffer record) {
        int at = record.position();
        return record.get(at) == ALERT && record.getShort(at + 3) == 2 && record.remaining() >= RECORD_HEADER + 2;
    }

    static boolean isCloseNotify(ByteBuffer record) {
        return code(record) == 0;
    }

    /** Its name in the RFC. */
    static String name(ByteBuffer record) {
        return NAMES.getOrDefault(code(record), "number " + code(record));
    }

    private static int code(ByteBuffer record) {
        return record.get(record.position() + RECORD_HEADER + 1) & 0xff;
    }
}
