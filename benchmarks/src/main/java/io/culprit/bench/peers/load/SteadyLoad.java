package io.culprit.bench.peers.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * h2load at a rate that does not depend on the answers, over HTTP/1.1, with the latency of every request. A connection sends one
 * request at a time, and one that is late sends at once.
 *
 * @param program path of h2load
 * @param rate requests per second over all connections
 */
public record SteadyLoad(String program, double rate) {
    private static final long LONGEST_MICROS = 60_000_000;

    /**
     * What came of it.
     *
     * @param latency microseconds from the sending of a request to the end of its answer
     * @param failed answers that were no 200, or none at all
     */
    public record Result(Histogram latency, long failed) {}

    /**
     * Runs once.
     *
     * @throws IOException when h2load fails or its log is not what is expected
     */
    public Result run(LoadGenerator.Target target, int connections, int seconds)
            throws IOException, InterruptedException {
        Path log = target.directory().resolve("steady.log");
        Files.deleteIfExists(log); // h2load would append
        LoadGenerator.say(List.of(
                program,
                "--h1",
                "-c" + connections,
                "-D" + seconds,
                "--rps=" + Math.max(1, Math.round(rate / connections)),
                "--log-file=" + log,
                "http://127.0.0.1:" + target.port() + target.path()));
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            return read(lines);
        } finally {
            Files.deleteIfExists(log);
        }
    }

    static Result read(BufferedReader lines) throws IOException {
        Histogram latency = new Histogram(LONGEST_MICROS, 3);
        long failed = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] columns = line.split("\t");
            try {
                latency.recordValue(Math.min(LONGEST_MICROS, Long.parseLong(columns[2])));
                failed += columns[1].equals("200") ? 0 : 1;
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IOException("h2load's log has a line that is not understood: " + line, e);
            }
        }
        if (latency.getTotalCount() == 0) {
            throw new IOException("h2load logged no request");
        }
        return new Result(latency, failed);
    }
}
