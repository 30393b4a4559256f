package io.culprit.bench.peers.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * wrk: HTTP/1.1 on kept connections.
 *
 * @param program its path
 * @param scheme {@code http} or {@code https}
 * @param script that makes it send something else than GET, empty for none
 */
public record Wrk(String program, String scheme, String script) implements LoadGenerator {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern P50 = Pattern.compile("50%\\s+([0-9.]+)(us|ms|s|m)");
    private static final Pattern P99 = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s|m)");
    private static final Pattern ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    @Override
    public LoadResult run(Target target, int connections, double seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(program, "-t1", "-c" + connections, "-d" + LoadGenerator.whole(seconds) + "s", "--latency"));
        if (!script.isEmpty()) {
            Path file = target.directory().resolve("wrk-" + Integer.toHexString(script.hashCode()) + ".lua");
            command.addAll(List.of("-s", Files.writeString(file, script).toString()));
        }
        command.add(scheme + "://127.0.0.1:" + target.port() + target.path());
        return parse(LoadGenerator.say(command));
    }

    public static LoadResult parse(String text) throws IOException {
        return new LoadResult(
                (long) number(REQUESTS, text),
                number(RATE, text),
                millis(P50, text),
                millis(P99, text),
                STATUS.matcher(text).find() ? (long) number(STATUS, text) : 0,
                errors(text));
    }

    private static long errors(String text) {
        Matcher matcher = ERRORS.matcher(text);
        long all = 0;
        if (matcher.find()) {
            for (int i = 1; i <= 4; i++) {
                all += Long.parseLong(matcher.group(i));
            }
        }
        return all;
    }

    private static double number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("wrk said what is not understood: " + text);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static double millis(Pattern pattern, String text) throws IOException {
        double value = number(pattern, text);
        Matcher matcher = pattern.matcher(text);
        matcher.find();
        return switch (matcher.group(2)) {
            case "us" -> value / 1000;
            case "s" -> value * 1000;
            case "m" -> value * 60_000;
            default -> value;
        };
    }
}
