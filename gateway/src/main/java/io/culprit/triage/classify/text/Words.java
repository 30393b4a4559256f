package io.culprit.triage.classify.text;

/** Small searches within a line. */
public final class Words {
    private Words() {}

    /** The number between two indices, -1 where it is none or does not fit. */
    public static long number(String s, int from, int to) {
        if (from < 0 || to <= from || to - from > 18) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            char c = s.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    /** The number that a text is, -1 where it is none. */
    public static long number(String s) {
        return number(s, 0, s.length());
    }

    /** Index behind the digits that begin there. */
    public static int digitsEnd(String s, int from) {
        int i = from;
        while (i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    /** What stands behind {@code before} and before {@code after}, empty where there is no such place. */
    public static String between(String s, String before, String after) {
        int start = s.indexOf(before);
        if (start < 0) {
            return "";
        }
        start += before.length();
        int end = s.indexOf(after, start);
        return end < 0 ? "" : s.substring(start, end);
    }

    /** The number behind {@code before}, -1 where there is none. */
    public static long numberAfter(String s, String before) {
        int start = s.indexOf(before);
        if (start < 0) {
            return -1;
        }
        start += before.length();
        return number(s, start, digitsEnd(s, start));
    }

    /** Seconds with a fraction to microseconds; -1 for {@code -} and whatever else is no number. */
    public static long micros(String seconds) {
        return scaled(seconds, 1e6);
    }

    /** A decimal number times {@code scale}, -1 where it is none. */
    public static long scaled(String number, double scale) {
        if (number.isEmpty() || number.length() > 20) {
            return -1;
        }
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if ((c < '0' || c > '9') && c != '.') {
                return -1;
            }
        }
        try {
            return Math.round(Double.parseDouble(number) * scale);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Whether any of the phrases occurs. */
    public static boolean any(String s, String... phrases) {
        for (String phrase : phrases) {
            if (s.contains(phrase)) {
                return true;
            }
        }
        return false;
    }
}
