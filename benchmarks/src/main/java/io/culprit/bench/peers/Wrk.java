package io.culprit.bench.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of wrk on the load's core. */
final class Wrk {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern P50 = Pattern.compile("50%\\s+([0-9.]+)(us|ms|s|m)");
    private static final Pattern P99 = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s|m)");
    private static final Pattern ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private Wrk() {}

    /**
     * What wrk found.
     *
     * @param requests answered, whatever the status
     * @param p50Millis median latency as wrk measures it, from the sending on: waiting for a turn is not in it
     * @param failed answers that were neither 2xx nor 3xx
     * @param errors of sockets
     */
    record Result(long requests, double rate, double p50Millis, double p99Millis, long failed, long errors) {}

    static Result run(Workload workload, int port, double seconds, Path directory)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "taskset",
                "-c",
                Peer.LOAD_CORE,
                Programs.path("wrk"),
                "-t1",
                "-c" + workload.connections(),
                "-d" + Math.max(1, Math.round(seconds)) + "s",
                "--latency"));
        if (!workload.script().isEmpty()) {
            Path script = Files.writeString(directory.resolve(workload.id() + ".lua"), workload.script());
            command.addAll(List.of("-s", script.toString()));
        }
        command.add("http://127.0.0.1:" + port + Testbed.target(workload));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("wrk failed: " + text);
        }
        return parse(text);
    }

    static Result parse(String text) throws IOException {
        return new Result(
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
