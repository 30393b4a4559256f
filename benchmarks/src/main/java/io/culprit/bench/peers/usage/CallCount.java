package io.culprit.bench.peers.usage;

import io.culprit.bench.peers.Peer;
import io.culprit.bench.peers.Programs;
import io.culprit.bench.peers.Testbed;
import io.culprit.bench.peers.Workload;
import io.culprit.bench.peers.load.LoadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request costs whatever state the machine is in: system calls, and instructions where the processor's counters can be
 * read. Counted by {@code perf stat} in a run of its own, since counting costs time.
 *
 * @param calls system calls of the proxy per request
 * @param instructions of the proxy per request, empty on machines that hide the counters
 */
public record CallCount(double calls, OptionalDouble instructions) {
    private static final Pattern CALLS = Pattern.compile("(?m)^(\\d+),,raw_syscalls:sys_enter");
    private static final Pattern INSTRUCTIONS = Pattern.compile("(?m)^(\\d+),,instructions");

    /** Seconds that are counted. */
    private static final int SECONDS = 2;

    /** Empty where perf is missing or may not count. */
    public static Optional<CallCount> count(Workload workload, Peer peer, int port, Testbed testbed)
            throws IOException, InterruptedException {
        Optional<String> perf = Programs.find("perf");
        if (perf.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder pids = new StringBuilder();
        for (long each : ProcFs.tree(peer.pid())) {
            pids.append(pids.isEmpty() ? "" : ",").append(each);
        }
        Process counter = new ProcessBuilder(
                        perf.get(), "stat", "-x,", "-e", "raw_syscalls:sys_enter,instructions", "-p", pids.toString())
                .redirectErrorStream(true)
                .start();
        try {
            TimeUnit.MILLISECONDS.sleep(300);
            LoadResult load = workload.load(port, SECONDS, testbed.directory());
            new ProcessBuilder("kill", "-INT", Long.toString(counter.pid()))
                    .start()
                    .waitFor();
            String text = new String(counter.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            counter.waitFor();
            return parse(text, load.requests());
        } finally {
            counter.destroy();
        }
    }

    public static Optional<CallCount> parse(String text, long requests) {
        Matcher calls = CALLS.matcher(text);
        if (!calls.find() || requests == 0) {
            return Optional.empty();
        }
        Matcher instructions = INSTRUCTIONS.matcher(text);
        return Optional.of(new CallCount(
                Double.parseDouble(calls.group(1)) / requests,
                instructions.find()
                        ? OptionalDouble.of(Double.parseDouble(instructions.group(1)) / requests)
                        : OptionalDouble.empty()));
    }
}
