package io.culprit.triage.conf;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as other programs write them. */
public final class Amount {
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(us|ms|s|sec|m|min|h|d|w|M|y)?");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kKmMgG]?)[bB]?");

    private Amount() {}

    /**
     * Seconds.
     *
     * @param unit what a number without a unit is in, seconds each: 1 for nginx and FPM, 0.001 for HAProxy
     */
    public static OptionalDouble seconds(String text, double unit) {
        Matcher matcher = TIME.matcher(text.strip());
        double sum = 0;
        int at = 0;
        while (matcher.find() && matcher.start() == at) {
            double factor = unit;
            if (matcher.group(2) != null) {
                factor = switch (matcher.group(2)) {
                    case "us" -> 1e-6;
                    case "ms" -> 1e-3;
                    case "m", "min" -> 60;
                    case "h" -> 3600;
                    case "d" -> 86_400;
                    case "w" -> 604_800;
                    case "M" -> 2_592_000;
                    case "y" -> 31_536_000;
                    default -> 1;
                };
            }
            sum += Double.parseDouble(matcher.group(1)) * factor;
            at = matcher.end();
            while (at < text.strip().length() && text.strip().charAt(at) == ' ') {
                at++;
            }
            if (at == text.strip().length()) {
                return OptionalDouble.of(sum);
            }
        }
        return OptionalDouble.empty();
    }

    /** Bytes: 8k, 128M, 1g. */
    public static OptionalLong bytes(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches() || matcher.group(1).length() > 15) {
            return OptionalLong.empty();
        }
        long factor = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 1L << 10;
            case "m" -> 1L << 20;
            case "g" -> 1L << 30;
            default -> 1;
        };
        return OptionalLong.of(Long.parseLong(matcher.group(1)) * factor);
    }

    /** Bytes for people. */
    public static String shown(long bytes) {
        return bytes >= 1L << 30
                ? "%.1f GiB".formatted(bytes / (double) (1L << 30))
                : bytes >= 1L << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
    }

    /** Seconds for people. */
    public static String shown(double seconds) {
        return seconds == Math.rint(seconds) ? "%.0f s".formatted(seconds) : "%.2f s".formatted(seconds);
    }
}
