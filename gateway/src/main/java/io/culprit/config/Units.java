package io.culprit.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes with their mandatory units. */
final class Units {
    private static final Pattern NUMBER_UNIT = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?)\\s*([A-Za-z]*)");
    private static final Map<String, Long> NANOS = Map.of(
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);
    private static final Map<String, Long> BYTES = Map.of(
            "B",
            1L,
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30,
            "TiB",
            1L << 40,
            "KB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L);

    private Units() {}

    /** Parses e.g. {@code 1.5s}; a bare 0 needs no unit. */
    static Optional<Duration> duration(String text) {
        return scaled(text, NANOS).map(Duration::ofNanos);
    }

    /** Parses e.g. {@code 16KiB}; a bare 0 needs no unit. */
    static Optional<Long> size(String text) {
        return scaled(text, BYTES);
    }

    private static Optional<Long> scaled(String text, Map<String, Long> units) {
        Matcher matcher = NUMBER_UNIT.matcher(text.trim());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        if (matcher.group(2).isEmpty()) {
            return number.signum() == 0 ? Optional.of(0L) : Optional.empty();
        }
        Long unit = units.get(matcher.group(2));
        if (unit == null) {
            return Optional.empty();
        }
        BigDecimal value = number.multiply(BigDecimal.valueOf(unit));
        return value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? Optional.empty()
                : Optional.of(value.longValue());
    }
}
