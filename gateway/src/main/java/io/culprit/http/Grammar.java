package io.culprit.http;

/** Character classes of RFC 9110 section 5.6 and helpers on raw ASCII bytes. Stateless. */
public final class Grammar {
    private static final byte TOKEN = 1;
    private static final byte FIELD = 2;
    private static final byte TARGET = 4;
    private static final byte[] CLASS = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            boolean alnum = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (alnum || c < 128 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                CLASS[c] |= TOKEN;
            }
            // field-content: VCHAR, SP, HTAB and obs-text (RFC 9110 section 5.5)
            if (c == '\t' || c >= ' ' && c != 127) {
                CLASS[c] |= FIELD;
            }
            // Any visible byte may stand in a request target; backends, not the gateway, judge what it means.
            if (c > ' ' && c != 127 && c != '#') {
                CLASS[c] |= TARGET;
            }
        }
    }

    private Grammar() {}

    /** Index of the first byte of {@code bytes[from, to)} that may not stand in a field value, or {@code to}. */
    public static int firstForbidden(byte[] bytes, int from, int to) {
        return Words.forbidden(bytes, from, to);
    }

    /** True for bytes of a token (RFC 9110 section 5.6.2). */
    public static boolean isToken(byte c) {
        return (CLASS[c & 0xff] & TOKEN) != 0;
    }

    /** True for bytes that may stand in a field value, including space and tab. */
    public static boolean isFieldByte(byte c) {
        return (CLASS[c & 0xff] & FIELD) != 0;
    }

    /** True for bytes that may stand in a request target. */
    public static boolean isTargetByte(byte c) {
        return (CLASS[c & 0xff] & TARGET) != 0;
    }

    /** True for 0 to 9. */
    public static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** Value of a hexadecimal digit, or -1. */
    public static int hex(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Case-insensitive comparison of {@code bytes[start, end)} with a lower-case ASCII string. */
    public static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lower) {
        if (end - start != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            int c = bytes[start + i];
            if (c >= 'A' && c <= 'Z') {
                c |= 0x20;
            }
            if (c != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Parses digits only.
     *
     * @return the number, -1 when it is empty or not all digits, -2 when it exceeds {@link Long#MAX_VALUE}
     */
    public static long parseLength(byte[] bytes, int start, int end) {
        if (start == end) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            byte c = bytes[i];
            if (!isDigit(c)) {
                return -1;
            }
            if (value > (Long.MAX_VALUE - (c - '0')) / 10) {
                return -2;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
