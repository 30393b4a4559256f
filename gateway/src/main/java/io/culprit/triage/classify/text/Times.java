package io.culprit.triage.classify.text;

/** Reads the times that logs are written with, by hand: it is done for each of millions of lines. */
public final class Times {
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final long SECOND = 1_000_000L;
    private static final long DAY = 86_400L * SECOND;
    private static final int LEAP_YEAR = 1972;

    private Times() {}

    /** {@code 2026/11/26 22:42:45}, nginx's error log. */
    public static Stamp nginx(String s, int at) {
        return dashed(s, at, '/', ' ');
    }

    /** {@code 2026-11-26T22:42:45.104551213Z}, with {@code +01:00}, {@code +0100} or no zone; a space for the T. */
    public static Stamp iso(String s, int at) {
        Stamp plain = dashed(s, at, '-', 'T');
        if (!plain.exists()) {
            plain = dashed(s, at, '-', ' ');
        }
        if (!plain.exists()) {
            return Stamp.NONE;
        }
        Stamp precise = fraction(s, plain);
        Stamp zoned = zone(s, precise, precise.end());
        return zoned.exists() ? zoned : precise;
    }

    /** {@code 26/Nov/2026:22:42:45 +0000}; HAProxy writes milliseconds and no zone. */
    public static Stamp common(String s, int at) {
        if (s.length() < at + 20 || s.charAt(at + 2) != '/' || s.charAt(at + 6) != '/' || s.charAt(at + 11) != ':') {
            return Stamp.NONE;
        }
        Stamp plain = parts(number(s, at + 7, 4), month(s, at + 3), number(s, at, 2), s, at + 12);
        return plain.exists() ? zoneAfterSpace(s, fraction(s, plain)) : plain;
    }

    /** {@code 26-Nov-2026 22:42:45}, with microseconds or a zone's name: PHP and Tomcat. */
    public static Stamp dashedMonth(String s, int at) {
        if (s.length() < at + 20 || s.charAt(at + 2) != '-' || s.charAt(at + 6) != '-' || s.charAt(at + 11) != ' ') {
            return Stamp.NONE;
        }
        Stamp plain = parts(number(s, at + 7, 4), month(s, at + 3), number(s, at, 2), s, at + 12);
        if (!plain.exists()) {
            return plain;
        }
        Stamp precise = fraction(s, plain);
        int end = precise.end();
        if (s.startsWith(" UTC", end) || s.startsWith(" GMT", end)) {
            return new Stamp(precise.micros(), Clock.ZONED, end + 4);
        }
        if (end < s.length() && s.charAt(end) == ' ') {
            int close = s.indexOf(']', end);
            if (close > 0 && close - end < 40) {
                return named(s, precise, end + 1, close);
            }
        }
        return precise;
    }

    /** {@code Thu Nov 26 22:46:24.913399 2026}: Apache, uWSGI and {@code dmesg -T}. */
    public static Stamp asctime(String s, int at) {
        if (s.length() < at + 24 || s.charAt(at + 3) != ' ' || s.charAt(at + 7) != ' ' || s.charAt(at + 10) != ' ') {
            return Stamp.NONE;
        }
        Stamp plain = parts(LEAP_YEAR, month(s, at + 4), day(s, at + 8), s, at + 11);
        if (!plain.exists()) {
            return plain;
        }
        Stamp precise = fraction(s, plain);
        int year = precise.end() + 5 <= s.length() ? number(s, precise.end() + 1, 4) : -1;
        if (year < 1970) {
            return Stamp.NONE;
        }
        Stamp right = parts(year, month(s, at + 4), day(s, at + 8), s, at + 11);
        long micros = right.micros() + Math.floorMod(precise.micros(), SECOND);
        return right.exists() ? new Stamp(micros, Clock.LOCAL, precise.end() + 5) : right;
    }

    /** {@code Nov 26 22:52:00} or {@code Nov  6 22:52:00}: RFC 3164 section 4.1.2. */
    public static Stamp syslog(String s, int at) {
        if (s.length() < at + 15 || s.charAt(at + 3) != ' ' || s.charAt(at + 6) != ' ' || s.charAt(at + 9) != ':') {
            return Stamp.NONE;
        }
        Stamp plain = parts(LEAP_YEAR, month(s, at), day(s, at + 4), s, at + 7);
        long offset = days(LEAP_YEAR, 1, 1) * DAY;
        return plain.exists() ? new Stamp(plain.micros() - offset, Clock.NO_YEAR, plain.end()) : plain;
    }

    /** {@code Apr 7, 2014 8:11:23 PM}: the JDK's own logging. */
    public static Stamp jul(String s, int at) {
        int comma = s.indexOf(", ", at);
        if (comma < 0 || comma > at + 6 || s.length() < comma + 16 || month(s, at) < 1) {
            return Stamp.NONE;
        }
        int day = comma - at == 5 ? number(s, at + 4, 1) : number(s, at + 4, 2);
        int year = number(s, comma + 2, 4);
        int start = comma + 7;
        int width = s.charAt(start + 1) == ':' ? 1 : 2;
        int end = start + width + 9;
        if (day < 1 || year < 1970 || end > s.length() || s.charAt(end - 1) != 'M') {
            return Stamp.NONE;
        }
        int hour = number(s, start, width) % 12 + (s.charAt(end - 2) == 'P' ? 12 : 0);
        int minute = number(s, start + width + 1, 2);
        int second = number(s, start + width + 4, 2);
        if (minute < 0 || second < 0) {
            return Stamp.NONE;
        }
        long micros = days(year, month(s, at), day) * DAY + ((hour * 60L + minute) * 60 + second) * SECOND;
        return new Stamp(micros, Clock.LOCAL, end);
    }

    /** Seconds since the epoch, with or without a fraction; milliseconds, where there are that many digits. */
    public static Stamp epoch(String number) {
        try {
            double value = Double.parseDouble(number);
            if (!(value > 100_000_000) || value > 1e16) {
                return Stamp.NONE;
            }
            double seconds = value > 1e14 ? value / 1e6 : value > 1e11 ? value / 1e3 : value;
            return new Stamp((long) (seconds * SECOND), Clock.ZONED, number.length());
        } catch (NumberFormatException e) {
            return Stamp.NONE;
        }
    }

    private static Stamp dashed(String s, int at, char dash, char between) {
        if (s.length() < at + 19
                || s.charAt(at + 4) != dash
                || s.charAt(at + 7) != dash
                || s.charAt(at + 10) != between) {
            return Stamp.NONE;
        }
        return parts(number(s, at, 4), number(s, at + 5, 2), number(s, at + 8, 2), s, at + 11);
    }

    private static Stamp parts(int year, int month, int day, String s, int clock) {
        if (s.length() < clock + 8 || s.charAt(clock + 2) != ':' || s.charAt(clock + 5) != ':') {
            return Stamp.NONE;
        }
        int hour = number(s, clock, 2);
        int minute = number(s, clock + 3, 2);
        int second = number(s, clock + 6, 2);
        boolean valid = year >= 1970
                && year < 10_000
                && month >= 1
                && month <= 12
                && day >= 1
                && day <= 31
                && hour >= 0
                && hour < 25
                && minute >= 0
                && minute < 60
                && second >= 0
                && second <= 60;
        if (!valid) {
            return Stamp.NONE;
        }
        long micros = days(year, month, day) * DAY + ((hour * 60L + minute) * 60 + second) * SECOND;
        return new Stamp(micros, Clock.LOCAL, clock + 8);
    }

    /** {@code .123456} or {@code ,123}, as far as it goes. */
    private static Stamp fraction(String s, Stamp plain) {
        int at = plain.end();
        if (at + 1 >= s.length() || s.charAt(at) != '.' && s.charAt(at) != ',' || !digit(s.charAt(at + 1))) {
            return plain;
        }
        long micros = 0;
        long unit = SECOND / 10;
        int i = at + 1;
        for (; i < s.length() && digit(s.charAt(i)); i++) {
            micros += (s.charAt(i) - '0') * unit;
            unit /= 10;
        }
        return new Stamp(plain.micros() + micros, plain.clock(), i);
    }

    private static Stamp zoneAfterSpace(String s, Stamp plain) {
        int at = plain.end();
        if (at + 1 < s.length() && s.charAt(at) == ' ') {
            Stamp zoned = zone(s, plain, at + 1);
            return zoned.exists() ? zoned : plain;
        }
        return plain;
    }

    private static Stamp zone(String s, Stamp plain, int at) {
        if (at >= s.length()) {
            return Stamp.NONE;
        }
        char sign = s.charAt(at);
        if (sign == 'Z') {
            return new Stamp(plain.micros(), Clock.ZONED, at + 1);
        }
        if (sign == ' ' && at + 1 < s.length() && (s.charAt(at + 1) == '+' || s.charAt(at + 1) == '-')) {
            return zone(s, plain, at + 1);
        }
        if (sign != '+' && sign != '-' || s.length() < at + 5) {
            return Stamp.NONE;
        }
        boolean colon = s.charAt(at + 3) == ':';
        int end = at + (colon ? 6 : 5);
        if (s.length() < end) {
            return Stamp.NONE;
        }
        int hours = number(s, at + 1, 2);
        int minutes = number(s, colon ? at + 4 : at + 3, 2);
        if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
            return Stamp.NONE;
        }
        long offset = (hours * 60L + minutes) * 60 * SECOND;
        return new Stamp(plain.micros() - (sign == '+' ? offset : -offset), Clock.ZONED, end);
    }

    private static Stamp named(String s, Stamp plain, int from, int to) {
        try {
            var zone = java.time.ZoneId.of(s.substring(from, to));
            long seconds = Math.floorDiv(plain.micros(), SECOND);
            var local = java.time.LocalDateTime.ofEpochSecond(seconds, 0, java.time.ZoneOffset.UTC);
            long offset = zone.getRules().getOffset(local).getTotalSeconds() * SECOND;
            return new Stamp(plain.micros() - offset, Clock.ZONED, to);
        } catch (java.time.DateTimeException e) {
            return plain; // an abbreviation such as CET: the time stays one without a zone
        }
    }

    private static int month(String s, int at) {
        int found = MONTHS.indexOf(s.substring(at, Math.min(s.length(), at + 3)));
        return found >= 0 && found % 3 == 0 ? found / 3 + 1 : -1;
    }

    private static int day(String s, int at) {
        return s.charAt(at) == ' ' ? number(s, at + 1, 1) : number(s, at, 2);
    }

    private static int number(String s, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            char c = s.charAt(i);
            if (!digit(c)) {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Days since the epoch of a date of the proleptic Gregorian calendar. */
    static long days(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }
}
