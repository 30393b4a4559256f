package io.culprit.triage.read;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Points in time as people write them. */
public final class PointInTime {
    private static final Pattern AGO = Pattern.compile("(\\d{1,6})([smhd])(?: ago)?");

    private PointInTime() {}

    /**
     * Microseconds since the epoch.
     *
     * @param text a time of today, a date, both, with or without a zone, or how long ago
     * @throws DateTimeException when it is none of these
     */
    public static long micros(String text, ZoneId zone) {
        return instant(text.strip(), zone).toEpochMilli() * 1000;
    }

    private static Instant instant(String text, ZoneId zone) {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            long seconds = Long.parseLong(ago.group(1))
                    * switch (ago.group(2)) {
                        case "s" -> 1;
                        case "m" -> 60;
                        case "h" -> 3600;
                        default -> 86_400;
                    };
            return Instant.now().minusSeconds(seconds);
        }
        String iso = text.replace(' ', 'T');
        try {
            if (text.length() <= 8 && text.indexOf(':') > 0) {
                return LocalDate.now(zone)
                        .atTime(LocalTime.parse(text))
                        .atZone(zone)
                        .toInstant();
            }
            if (text.length() == 10) {
                return LocalDate.parse(text).atStartOfDay(zone).toInstant();
            }
            boolean zoned =
                    iso.endsWith("Z") || iso.length() > 19 && (iso.indexOf('+', 10) > 0 || iso.indexOf('-', 11) > 0);
            return zoned
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).atZone(zone).toInstant();
        } catch (DateTimeException e) {
            throw new DateTimeException(
                    "\"" + text
                            + "\" is no time; write 14:00, 2026-11-26, 2026-11-26T14:00, with a zone where it differs, or 90m, 2h, 3d");
        }
    }
}
