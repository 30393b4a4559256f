package io.culprit.failure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where a request stands in a distributed trace (W3C Trace Context, section 3.2): begun here, or continued from the
 * client's {@code traceparent}. One server span stands for the request and one client span for each attempt; their ids
 * are derived, so that nothing has to be kept for them. Immutable.
 *
 * @param high upper half of the trace id
 * @param low lower half of the trace id; the two are never both 0
 * @param parent id of the client's span, 0 where the trace begins here
 * @param span id of the server span, never 0
 * @param sampled whether spans are exported, and upstreams asked to do so
 */
public record Trace(long high, long low, long parent, long span, boolean sampled) {
    /** Length of a {@code traceparent} of version 00, the only one written here. */
    public static final int LENGTH = 55;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final HexFormat HEX = HexFormat.of();
    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    /** A new trace. */
    public static Trace begin(boolean sampled) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = random.nextLong();
        long low = random.nextLong();
        return new Trace(high, low == 0 ? 1 : low, 0, nonZero(high ^ low * GOLDEN), sampled);
    }

    /** The trace a client's header names; empty when the header is not valid. */
    public static Optional<Trace> continued(String traceparent) {
        boolean shaped = traceparent.length() >= LENGTH
                && traceparent.charAt(TRACE_ID - 1) == '-'
                && traceparent.charAt(PARENT_ID - 1) == '-'
                && traceparent.charAt(FLAGS - 1) == '-'
                && isHex(traceparent, 0, TRACE_ID - 1)
                && isHex(traceparent, TRACE_ID, PARENT_ID - 1)
                && isHex(traceparent, PARENT_ID, FLAGS - 1)
                && isHex(traceparent, FLAGS, LENGTH);
        if (!shaped || traceparent.startsWith("ff")) {
            return Optional.empty();
        }
        // Version 00 ends here; later ones may say more after another hyphen.
        boolean ends =
                traceparent.length() == LENGTH || !traceparent.startsWith("00") && traceparent.charAt(LENGTH) == '-';
        long high = HexFormat.fromHexDigitsToLong(traceparent, TRACE_ID, TRACE_ID + 16);
        long low = HexFormat.fromHexDigitsToLong(traceparent, TRACE_ID + 16, PARENT_ID - 1);
        long parent = HexFormat.fromHexDigitsToLong(traceparent, PARENT_ID, FLAGS - 1);
        if (!ends || (high | low) == 0 || parent == 0) {
            return Optional.empty();
        }
        boolean sampled = (HexFormat.fromHexDigits(traceparent, FLAGS, LENGTH) & 1) == 1;
        long span = nonZero(ThreadLocalRandom.current().nextLong());
        return Optional.of(new Trace(high, low, parent, span, sampled));
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long nonZero(long id) {
        return id == 0 ? 1 : id;
    }

    /** Whether the trace began with this request. */
    public boolean beganHere() {
        return parent == 0;
    }

    /** Id of the client span of an attempt, counted from 1. */
    public long attemptSpan(int number) {
        return nonZero(span ^ number * GOLDEN);
    }

    /** The trace id, 32 lower-case hexadecimal digits. */
    public String traceId() {
        byte[] digits = new byte[32];
        LONG.set(digits, 0, digits(high >>> 32));
        LONG.set(digits, 8, digits(high));
        LONG.set(digits, 16, digits(low >>> 32));
        LONG.set(digits, 24, digits(low));
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    /** A span id, 16 lower-case hexadecimal digits. */
    public static String id(long span) {
        return HEX.toHexDigits(span);
    }

    /**
     * Writes the {@code traceparent} of an attempt, counted from 1: {@link #LENGTH} bytes, without garbage.
     *
     * @param out in the byte order of networks, which every buffer has that was not told otherwise
     */
    public void encode(int attempt, ByteBuffer out) {
        out.put((byte) '0').put((byte) '0').put((byte) '-');
        hex(high, out);
        hex(low, out);
        out.put((byte) '-');
        hex(attemptSpan(attempt), out);
        out.put((byte) '-').put((byte) '0').put((byte) (sampled ? '1' : '0'));
    }

    private static void hex(long value, ByteBuffer out) {
        out.putLong(digits(value >>> 32)).putLong(digits(value));
    }

    /** The lower 32 bits as eight hexadecimal digits, the first in the highest byte; all eight are made at once. */
    private static long digits(long value) {
        long x = value & 0xffffffffL;
        x = (x << 16 | x) & 0x0000ffff0000ffffL;
        x = (x << 8 | x) & 0x00ff00ff00ff00ffL;
        x = (x << 4 | x) & 0x0f0f0f0f0f0f0f0fL;
        long letters = x + 0x0606060606060606L >>> 4 & 0x0101010101010101L;
        return x + 0x3030303030303030L + letters * ('a' - '0' - 10);
    }
}
