package io.culprit.sim.fault;

import io.culprit.sim.protocol.HttpRequest;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a fault, from a query, a header or a scenario. Unknown values are errors, not silence.
 *
 * @param values by name
 */
public record Spec(Map<String, String> values) {
    public static Spec of(HttpRequest request) {
        return new Spec(new java.util.AbstractMap<>() {
            @Override
            public java.util.Set<Entry<String, String>> entrySet() {
                return request.query().entrySet();
            }

            @Override
            public @Nullable String get(Object name) {
                String value = request.parameter(String.valueOf(name));
                return value.isEmpty() ? null : value;
            }
        });
    }

    public String text(String name, String fallback) {
        String value = values.get(name);
        return value == null ? fallback : value;
    }

    public Point at(Point fallback) {
        String value = values.get("at");
        if (value == null) {
            return fallback;
        }
        try {
            return Point.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "at=" + value + ": accept, request, status, head, body or chunk was expected");
        }
    }

    /** A size such as {@code 20}, {@code 16k} or {@code 8m}, in bytes. */
    public int size(String name, int fallback) {
        String value = values.get(name);
        if (value == null) {
            return fallback;
        }
        String lower = value.toLowerCase(Locale.ROOT);
        int unit = lower.endsWith("k") ? 1024 : lower.endsWith("m") ? 1024 * 1024 : 1;
        return Math.multiplyExact(number(name, unit == 1 ? lower : lower.substring(0, lower.length() - 1)), unit);
    }

    /** A whole number. */
    public int number(String name, int fallback) {
        String value = values.get(name);
        return value == null ? fallback : number(name, value);
    }

    private static int number(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // answered below
        }
        throw new IllegalArgumentException(name + "=" + value + ": a number was expected");
    }

    /** A duration such as {@code 1500ms} or {@code 2s}, in milliseconds; a bare number is milliseconds. */
    public long millis(String name, long fallback) {
        String value = values.get(name);
        return value == null ? fallback : millis(name, value);
    }

    static long millis(String name, String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.endsWith("ms")) {
            return number(name, lower.substring(0, lower.length() - 2));
        }
        return lower.endsWith("s") ? 1000L * number(name, lower.substring(0, lower.length() - 1)) : number(name, lower);
    }
}
