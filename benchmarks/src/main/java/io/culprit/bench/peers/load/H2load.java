package io.culprit.bench.peers.load;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * h2load: HTTP/2 over TLS 1.3.
 *
 * @param program its path
 * @param streams at a time on each connection
 */
public record H2load(String program, int streams) implements LoadGenerator {
    private static final Pattern FINISHED = Pattern.compile("finished in ([0-9.]+)(us|ms|s), ([0-9.]+) req/s");
    private static final Pattern REQUESTS = Pattern.compile(
            "requests: \\d+ total, \\d+ started, (\\d+) done, \\d+ succeeded, \\d+ failed, (\\d+) errored");
    private static final Pattern STATUS =
            Pattern.compile("status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");
    private static final Pattern MEAN =
            Pattern.compile("time for request:\\s+\\S+\\s+([0-9.]+)(us|ms|s)\\s+([0-9.]+)(us|ms|s)");

    @Override
    public LoadResult run(Target target, int connections, double seconds) throws IOException, InterruptedException {
        return parse(LoadGenerator.say(List.of(
                program,
                "-D" + LoadGenerator.whole(seconds),
                "--warm-up-time=0",
                "-c" + connections,
                "-m" + streams,
                "--tls13-ciphers=TLS_AES_128_GCM_SHA256",
                "https://127.0.0.1:" + target.port() + target.path())));
    }

    /** h2load tells the longest and the mean, which stand for the 99th percentile and the median. */
    static LoadResult parse(String text) throws IOException {
        Matcher finished = found(FINISHED, text);
        Matcher requests = found(REQUESTS, text);
        Matcher status = found(STATUS, text);
        Matcher mean = found(MEAN, text);
        return new LoadResult(
                Long.parseLong(requests.group(1)),
                Double.parseDouble(finished.group(3)),
                millis(mean.group(3), mean.group(4)),
                millis(mean.group(1), mean.group(2)),
                Long.parseLong(status.group(3)) + Long.parseLong(status.group(4)),
                Long.parseLong(requests.group(2)));
    }

    private static Matcher found(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("h2load said what is not understood: " + text);
        }
        return matcher;
    }

    private static double millis(String value, String unit) {
        double number = Double.parseDouble(value);
        return switch (unit) {
            case "us" -> number / 1000;
            case "s" -> number * 1000;
            default -> number;
        };
    }
}
