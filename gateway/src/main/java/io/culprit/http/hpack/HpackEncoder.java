package io.culprit.http.hpack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Encodes fields without the dynamic table, as nginx does: known names and statuses by their index, all else as literals.
 * What is encoded can be dropped or sent later without harm. Stateless.
 */
public final class HpackEncoder {
    private static final int STATUS = 8;
    private static final int[] STATUSES = {200, 204, 206, 304, 400, 404, 500};
    private static final Map<String, Integer> INDEXES = new ConcurrentHashMap<>();

    private HpackEncoder() {}

    /** Most bytes that a field takes beside its name and value. */
    public static final int OVERHEAD = 12;

    /** The pseudo-header field {@code :status}. */
    public static void status(int status, ByteBuffer out) {
        for (int i = 0; i < STATUSES.length; i++) {
            if (STATUSES[i] == status) {
                out.put((byte) (0x80 | STATUS + i));
                return;
            }
        }
        out.put((byte) STATUS).put((byte) 3);
        out.put((byte) ('0' + status / 100))
                .put((byte) ('0' + status / 10 % 10))
                .put((byte) ('0' + status % 10));
    }

    /** Index of a name in the static table, 0 for none; for names that are known beforehand. */
    public static int indexOf(String lowerName) {
        return StaticTable.indexOf(lowerName);
    }

    /** A field whose name and value are text, one character per byte; the name in whatever case. */
    public static void field(String name, String value, ByteBuffer out) {
        String lower = name.toLowerCase(java.util.Locale.ROOT);
        int index = INDEXES.computeIfAbsent(lower, StaticTable::indexOf);
        if (index > 0) {
            integer(index, 4, out);
        } else {
            out.put((byte) 0);
            text(lower, out);
        }
        text(value, out);
    }

    /** A field whose name is looked up nowhere, and remembered nowhere: anybody may have made it up. */
    public static void literal(String name, String value, ByteBuffer out) {
        out.put((byte) 0);
        text(name.toLowerCase(java.util.Locale.ROOT), out);
        text(value, out);
    }

    private static void text(String text, ByteBuffer out) {
        integer(text.length(), 7, out);
        out.put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * A field that came in HTTP/1.1.
     *
     * @param index of the name in the static table, 0 for none
     * @param bytes the name in {@code [nameStart, nameEnd)}, the value in {@code [valueStart, valueEnd)}
     */
    public static void field(
            int index, byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd, ByteBuffer out) {
        if (index > 0) {
            integer(index, 4, out);
        } else {
            out.put((byte) 0);
            integer(nameEnd - nameStart, 7, out);
            for (int i = nameStart; i < nameEnd; i++) {
                byte c = bytes[i];
                out.put(c >= 'A' && c <= 'Z' ? (byte) (c | 0x20) : c);
            }
        }
        integer(valueEnd - valueStart, 7, out);
        out.put(bytes, valueStart, valueEnd - valueStart);
    }

    private static void integer(int value, int prefix, ByteBuffer out) {
        int mask = (1 << prefix) - 1;
        if (value < mask) {
            out.put((byte) value);
            return;
        }
        out.put((byte) mask);
        int rest = value - mask;
        while (rest >= 0x80) {
            out.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }
}
