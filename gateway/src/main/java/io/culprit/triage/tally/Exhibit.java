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
        String cut = bytes.length() > LONGEST ? bytes.substring(0, LONGEST) + "..." : bytes;
        return new Exhibit(micros, place, decoded(cut));
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
