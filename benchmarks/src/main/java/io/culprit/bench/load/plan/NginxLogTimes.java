package io.culprit.bench.load.plan;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code $upstream_response_time} of an nginx access log. It stands behind a name ({@code urt=0.123}, {@code
 * upstream_response_time=...}, a key of a JSON log, or one the plan gives), or is the only field of a line that looks like
 * a time. Requests that were cut off (504, 499) say only how long somebody waited: they are counted and left out.
 */
final class NginxLogTimes {
    private static final int ENOUGH = 10;
    private static final String NUMBERS = "[\"']?\\s*((?:-|[0-9]+\\.[0-9]{3})(?:\\s*[,:]\\s*(?:-|[0-9]+\\.[0-9]{3}))*)";
    private static final Pattern NAMED =
            Pattern.compile("\\b(?:urt|upstream_response_time|upstream_time)[\"']?\\s*[=:]\\s*" + NUMBERS);
    private static final Pattern PLAIN = Pattern.compile("[0-9]+\\.[0-9]{3}");
    private static final Pattern STATUS = Pattern.compile("(?:\"\\s|\"?status\"?\\s*[=:]\\s*\"?)([1-5][0-9]{2})\\b");

    private final Optional<Pattern> given;
    private final List<Double> micros = new ArrayList<>();
    private long lines;
    private long cutOff;

    private NginxLogTimes(Optional<String> field) {
        given = field.map(
                name -> Pattern.compile("(?<![A-Za-z_])" + Pattern.quote(name) + "[\"']?\\s*[=:]\\s*" + NUMBERS));
    }

    /**
     * @param field the name before the time, empty to look for the usual ones
     * @throws IOException when the log cannot be read, has fewer than ten such times, or two fields could be it
     */
    static LatencyDistribution read(Path path, Optional<String> field) throws IOException {
        NginxLogTimes times = new NginxLogTimes(field);
        try (BufferedReader log = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                times.line(path, line);
            }
        }
        if (times.micros.size() < ENOUGH) {
            throw new IOException(
                    "%s: only %d of %d lines have $upstream_response_time; put urt=$upstream_response_time into log_format"
                            .formatted(path, times.micros.size(), times.lines));
        }
        String source = path + ", " + times.micros.size() + " requests";
        if (times.cutOff > 0) {
            source += "; %d that were cut off (504 or 499) are left out, so the true tail is longer"
                    .formatted(times.cutOff);
        }
        return LatencyDistribution.measured(
                times.micros.stream().mapToDouble(Double::doubleValue).toArray(), source);
    }

    private void line(Path path, String line) throws IOException {
        lines++;
        OptionalDouble seconds;
        try {
            seconds = seconds(line);
        } catch (IllegalArgumentException e) {
            throw new IOException("%s:%d: %s".formatted(path, lines, e.getMessage()), e);
        }
        if (seconds.isEmpty()) {
            return;
        }
        Matcher status = STATUS.matcher(line);
        if (status.find() && (status.group(1).equals("504") || status.group(1).equals("499"))) {
            cutOff++;
        } else {
            micros.add(Math.max(1, seconds.getAsDouble() * 1e6));
        }
    }

    /** The time of a line without a name given. */
    static OptionalDouble secondsOf(String line) {
        return new NginxLogTimes(Optional.empty()).seconds(line);
    }

    private OptionalDouble seconds(String line) {
        Matcher named = given.orElse(NAMED).matcher(line);
        if (named.find()) {
            return last(named.group(1));
        }
        return given.isPresent() ? OptionalDouble.empty() : only(line);
    }

    /** Of several attempts the last one answered. */
    private static OptionalDouble last(String times) {
        OptionalDouble last = OptionalDouble.empty();
        Matcher each = PLAIN.matcher(times);
        while (each.find()) {
            last = OptionalDouble.of(Double.parseDouble(each.group()));
        }
        return last;
    }

    private static OptionalDouble only(String line) {
        OptionalDouble found = OptionalDouble.empty();
        for (String each : line.trim().split("[\\s\"]+")) {
            if (PLAIN.matcher(each).matches()) {
                if (found.isPresent()) {
                    throw new IllegalArgumentException(
                            "two fields look like $upstream_response_time (%.3f and %s); say which with field: NAME, as in NAME=0.123"
                                    .formatted(found.getAsDouble(), each));
                }
                found = OptionalDouble.of(Double.parseDouble(each));
            }
        }
        return found;
    }
}
