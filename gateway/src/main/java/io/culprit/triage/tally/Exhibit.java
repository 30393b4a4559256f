package io.culprit.triage.tally;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * A line that proves something.
 *
 * @param micros its time, microseconds since the epoch; {@link #TIMELESS} where it has none
 * @param place where it stands
 * @param text the line, cut
 */
public record Exhibit(long micros, Place place, String text) implements Serializable {
    /** For lines without a time. */
    public static final long TIMELESS = Long.MIN_VALUE;

    /** Characters of a line that are kept. */
    private static final int LONGEST = 600;

    static final Comparator<Exhibit> ORDER =
            Comparator.comparingLong(Exhibit::micros).thenComparing(Exhibit::place);

    static Exhibit of(long micros, Place place, String bytes) {
        return new Exhibit(micros, place, decoded(bytes.length() > LONGEST ? cut(bytes) : bytes));
    }

    /** The end of a record of several lines says what its beginning led to; of one line the beginning says most. */
    private static String cut(String bytes) {
        int end = bytes.length();
        while (end > 0 && bytes.charAt(end - 1) == '\n') {
            end--;
        }
        int head = bytes.lastIndexOf('\n', LONGEST / 2);
        int tail = bytes.indexOf('\n', Math.max(LONGEST / 2, end - LONGEST / 2));
        boolean lines = head > 0 && tail > head && tail < end;
        return lines
                ? bytes.substring(0, head) + "\n..." + bytes.substring(tail, end)
                : bytes.substring(0, LONGEST) + "...";
    }

    /** Text of one character per byte, as UTF-8 where it is that, without what steers a terminal. */
    public static String decoded(String bytes) {
        boolean plain = true;
        for (int i = 0; i < bytes.length() && plain; i++) {
            plain = bytes.charAt(i) < 0x7f && bytes.charAt(i) >= ' ';
        }
        if (plain) {
            return bytes;
        }
        String text = new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        StringBuilder safe = new StringBuilder(text.length());
        text.chars()
                .forEach(c ->
                        safe.append(c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0 ? '\ufffd' : (char) c));
        return safe.toString();
    }
}
