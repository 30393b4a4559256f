package io.culprit.reply;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes ASCII into buffers. */
public final class Ascii {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Up to this length a loop is cheaper than an array. */
    private static final int SHORT = 16;

    private Ascii() {}

    /** The text's characters as bytes. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Every character's low byte; the caller has made sure there are no others. */
    public static void put(ByteBuffer out, String text) {
        if (text.length() > SHORT) {
            out.put(bytes(text));
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            out.put((byte) text.charAt(i));
        }
    }

    /** Writes a number of 0 or more in decimal. */
    public static void putDecimal(ByteBuffer out, long value) {
        if (value >= 10) {
            putDecimal(out, value / 10);
        }
        out.put((byte) ('0' + value % 10));
    }

    /** Writes a number of 0 or more in hexadecimal. */
    public static void putHex(ByteBuffer out, int value) {
        if (value >= 16) {
            putHex(out, value >>> 4);
        }
        out.put(HEX[value & 15]);
    }
}
