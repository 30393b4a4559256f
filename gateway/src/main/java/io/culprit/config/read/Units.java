package io.culprit.config.read;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes with their mandatory units. */
final class Units {
    private static final Pattern NUMBER_UNIT = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?)\\s*([A-Za-z]*)");
    /** Those of nginx and HAProxy. */
    private static final Map<String, Long> NANOS = Map.of(
            "us", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L,
            "w", 604_800_000_000_000L);
    /** Those of the IEC and SI, and nginx's and HAProxy's single letters, which are powers of 1,024. */
    private static final Map<String, Long> BYTES = Map.ofEntries(
            Map.entry("k", 1L << 10),
            Map.entry("K", 1L << 10),
            Map.entry("m", 1L << 20),
            Map.entry("M", 1L << 20),
            Map.entry("g", 1L << 30),
            Map.entry("G", 1L << 30),
            Map.entry("B", 1L),
            Map.entry("KiB", 1L << 10),
            Map.entry("MiB", 1L << 20),
            Map.entry("GiB", 1L << 30),
            Map.entry("TiB", 1L << 40),
            Map.entry("KB", 1_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("GB", 1_000_000_000L));

    private static final Pattern PART = Pattern.compile("[0-9]{1,9}[a-z]{1,2}");
    private static final Pattern SEVERAL = Pattern.compile("(?:[0-9]{1,9}[a-z]{1,2}\\s*){2,6}");

    private Units() {}

    /** Parses e.g. {@code 1.5s} or, as nginx does, {@code 1h 30m}; a bare 0 needs no unit. */
    static Optional<Duration> duration(String text) {
        Optional<Duration> single = scaled(text, NANOS).map(Duration::ofNanos);
        if (single.isPresent() || !SEVERAL.matcher(text.trim()).matches()) {
            return single;
        }
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            Optional<Long> part = scaled(parts.group(), NANOS);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            sum = sum.plusNanos(part.get());
        }
        return Optional.of(sum);
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
