package io.culprit.triage.translate;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Small parts of YAML, in flow style. */
final class Yaml {
    private Yaml() {}

    /** A text, in quotes where it needs them. */
    static String text(String value) {
        boolean plain = value.matches("[A-Za-z0-9/][A-Za-z0-9_./-]*")
                && !value.matches("(?i)true|false|yes|no|on|off|null|[0-9.]+");
        return plain
                ? value
                : "\""
                        + value.replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("\n", "\\n")
                                .replace("\t", "\\t") + "\"";
    }

    static String list(List<String> values) {
        StringJoiner all = new StringJoiner(", ", "[ ", " ]");
        values.forEach(v -> all.add(text(v)));
        return all.toString();
    }

    /** Texts by name. */
    static String map(Map<String, String> values) {
        StringJoiner all = new StringJoiner(", ", "{ ", " }");
        values.forEach((name, value) -> all.add(text(name) + ": " + text(value)));
        return all.toString();
    }

    /** Seconds with their unit. */
    static String seconds(double seconds) {
        return seconds == Math.rint(seconds) ? "%.0fs".formatted(seconds) : "%.0fms".formatted(seconds * 1000);
    }

    /** Bytes with the largest unit that fits. */
    static String bytes(long bytes) {
        if (bytes > 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes > 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes > 0 && bytes % (1L << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
    }
}
