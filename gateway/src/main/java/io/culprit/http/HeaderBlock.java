package io.culprit.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header lines of one head as spans over the head's own bytes: nothing is copied and nothing is allocated per
 * field. Reused from head to head; owned by one IO thread.
 */
public final class HeaderBlock {
    private static final HeaderName[] NAMES = HeaderName.values();
    static final int STRIDE = 5;
    private static final int[] NO_SPANS = {};

    private byte[] bytes = new byte[0];
    private int[] spans = NO_SPANS;
    private int count;
    private int underscored;

    void reset(byte[] newBytes) {
        bytes = newBytes;
        count = 0;
        underscored = 0;
    }

    /** Memory for the first lines of the next head. */
    void use(int[] newSpans) {
        spans = newSpans;
    }

    /** Lets go of the memory; {@link #use} must come before the next line. */
    int[] release() {
        int[] used = spans;
        spans = NO_SPANS;
        return used;
    }

    /** Bytes of memory beyond those for the lines of a pooled head. */
    int held() {
        return Math.max(0, spans.length - HeadPool.LINES * STRIDE) * Integer.BYTES;
    }

    void rebase(byte[] grown) {
        bytes = grown;
    }

    void add(HeaderName name, int nameStart, int nameEnd, int valueStart, int valueEnd) {
        int at = count * STRIDE;
        if (at == spans.length) {
            spans = Arrays.copyOf(spans, spans.length + spans.length / (2 * STRIDE) * STRIDE);
        }
        spans[at] = name.ordinal();
        spans[at + 1] = nameStart;
        spans[at + 2] = nameEnd;
        spans[at + 3] = valueStart;
        spans[at + 4] = valueEnd;
        count++;
        if (name == HeaderName.OTHER && hasUnderscore(count - 1)) {
            underscored++;
        }
    }

    /** Number of header lines with an underscore in their names. */
    public int underscored() {
        return underscored;
    }

    /** Whether this line's name has an underscore, so that CGI and WSGI cannot tell it from one with a hyphen. */
    public boolean hasUnderscore(int index) {
        for (int i = nameStart(index); i < nameEnd(index); i++) {
            if (bytes[i] == '_') {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether this line says of a client's certificate what only whoever made the handshake may say: its name begins with
     * {@code X-SSL-Client-} or {@code SSL-Client-}, in any case, with hyphens or with underscores.
     */
    public boolean isOfClientCertificate(int index) {
        int start = nameStart(index);
        int first = bytes[start] | 0x20;
        if (first == 'x') {
            return begins(index, start, "x-ssl-client-");
        }
        return first == 's' && begins(index, start, "ssl-client-");
    }

    private boolean begins(int index, int start, String prefix) {
        if (nameEnd(index) - start < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (folded(bytes[start + i]) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether this line's name is the given one, ignoring case and whether it has hyphens or underscores. */
    public boolean isNamed(int index, String other) {
        int start = nameStart(index);
        if (nameEnd(index) - start != other.length()) {
            return false;
        }
        for (int i = 0; i < other.length(); i++) {
            if (folded(bytes[start + i]) != folded((byte) other.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int folded(byte c) {
        return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }

    /** Number of header lines. */
    public int count() {
        return count;
    }

    /** The bytes that the offsets below refer to. Valid until the next head is read. */
    public byte[] bytes() {
        return bytes;
    }

    /** Which known field line {@code index} is. */
    public HeaderName name(int index) {
        return NAMES[spans[index * STRIDE]];
    }

    /** Start of the name. */
    public int nameStart(int index) {
        return spans[index * STRIDE + 1];
    }

    /** End of the name. */
    public int nameEnd(int index) {
        return spans[index * STRIDE + 2];
    }

    /** Start of the value, leading white space taken off. */
    public int valueStart(int index) {
        return spans[index * STRIDE + 3];
    }

    /** End of the value, trailing white space taken off. */
    public int valueEnd(int index) {
        return spans[index * STRIDE + 4];
    }

    /** The name as text. */
    public String nameText(int index) {
        return text(nameStart(index), nameEnd(index));
    }

    /** The value as text, one character per byte. */
    public String valueText(int index) {
        return text(valueStart(index), valueEnd(index));
    }

    private String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** Says which fields stay behind. */
    @FunctionalInterface
    public interface Drop {
        boolean drops(HeaderName name, int index);
    }

    /**
     * Writes all fields but those dropped, white space around values taken off: each at most two bytes longer than it came.
     * Nearly every line can go as it came, and neighbours go together.
     */
    public void copyLines(Drop drop, ByteBuffer out) {
        int start = 0;
        int end = 0;
        for (int i = 0; i < count; i++) {
            if (drop.drops(name(i), i)) {
                continue;
            }
            boolean asItCame = isCanonical(i);
            if (!asItCame || end != nameStart(i)) {
                out.put(bytes, start, end - start);
                start = nameStart(i);
            }
            end = asItCame ? valueEnd(i) + 2 : start;
            if (!asItCame) {
                tidied(i, out);
            }
        }
        out.put(bytes, start, end - start);
    }

    private void tidied(int index, ByteBuffer out) {
        int start = nameStart(index);
        int end = valueEnd(index);
        out.put(bytes, start, nameEnd(index) - start)
                .put((byte) ':')
                .put((byte) ' ')
                .put(bytes, valueStart(index), end - valueStart(index))
                .put((byte) '\r')
                .put((byte) '\n');
    }

    private boolean isCanonical(int index) {
        int end = valueEnd(index);
        return valueStart(index) == nameEnd(index) + 2
                && bytes[valueStart(index) - 1] == ' '
                && bytes[end] == '\r'
                && bytes[end + 1] == '\n';
    }

    /** Writes the field's value. */
    public void copyValue(int index, ByteBuffer out) {
        out.put(bytes, valueStart(index), valueEnd(index) - valueStart(index));
    }

    /** Index of the first field of this name at or after {@code from}, or -1. */
    public int indexOf(HeaderName name, int from) {
        int wanted = name.ordinal();
        for (int i = from; i < count; i++) {
            if (spans[i * STRIDE] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** Value of the first field of this name, or an empty string. */
    public String first(HeaderName name) {
        int index = indexOf(name, 0);
        return index < 0 ? "" : valueText(index);
    }

    /** Whether there is a field of this name. */
    public boolean has(HeaderName name) {
        return indexOf(name, 0) >= 0;
    }

    /**
     * True when the field's name is listed in a Connection field, which makes it a matter of this connection only
     * (RFC 9110 section 7.6.1).
     */
    public boolean isNamedInConnection(int index) {
        int start = nameStart(index);
        int length = nameEnd(index) - start;
        for (int c = indexOf(HeaderName.CONNECTION, 0); c >= 0; c = indexOf(HeaderName.CONNECTION, c + 1)) {
            int end = valueEnd(c);
            int at = valueStart(c);
            while (at < end) {
                int tokenStart = at;
                while (at < end && bytes[at] != ',') {
                    at++;
                }
                int tokenEnd = at++;
                while (tokenStart < tokenEnd && bytes[tokenStart] <= ' ') {
                    tokenStart++;
                }
                while (tokenEnd > tokenStart && bytes[tokenEnd - 1] <= ' ') {
                    tokenEnd--;
                }
                if (tokenEnd - tokenStart == length && sameName(tokenStart, start, length)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether two fields have the same name, ignoring case. */
    public boolean sameName(int one, int other) {
        int length = nameEnd(one) - nameStart(one);
        return nameEnd(other) - nameStart(other) == length && sameName(nameStart(one), nameStart(other), length);
    }

    private boolean sameName(int a, int b, int length) {
        for (int i = 0; i < length; i++) {
            int x = bytes[a + i];
            int y = bytes[b + i];
            if (x != y && ((x | 0x20) != (y | 0x20) || (x | 0x20) < 'a' || (x | 0x20) > 'z')) {
                return false;
            }
        }
        return true;
    }

    /** True when a comma-separated list field of this name contains the token, ignoring case. */
    public boolean lists(HeaderName name, String lowerToken) {
        for (int i = indexOf(name, 0); i >= 0; i = indexOf(name, i + 1)) {
            int at = valueStart(i);
            int end = valueEnd(i);
            while (at < end) {
                int start = at;
                while (at < end && bytes[at] != ',') {
                    at++;
                }
                int stop = at++;
                while (start < stop && bytes[start] <= ' ') {
                    start++;
                }
                while (stop > start && bytes[stop - 1] <= ' ') {
                    stop--;
                }
                if (Grammar.equalsIgnoreCase(bytes, start, stop, lowerToken)) {
                    return true;
                }
            }
        }
        return false;
    }
}
