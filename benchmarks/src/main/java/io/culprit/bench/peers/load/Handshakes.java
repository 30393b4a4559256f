package io.culprit.bench.peers.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code openssl s_time}, several at once: a TLS 1.3 handshake and a request on each connection. It tells no latencies: the mean
 * stands for median and 99th percentile.
 *
 * @param program path of openssl
 * @param resumed whether each connection but the first resumes the session before
 */
public record Handshakes(String program, boolean resumed) implements LoadGenerator {
    private static final Pattern FOUND =
            Pattern.compile("(\\d+) connections in (\\d+) real seconds, (\\d+) bytes read per connection");

    /** Answers with less have no body of 199 bytes behind their head. */
    private static final int WHOLE = 199 + 100;

    @Override
    public LoadResult run(Target target, int connections, double seconds) throws IOException, InterruptedException {
        List<Process> clients = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            clients.add(new ProcessBuilder(
                            "taskset",
                            "-c",
                            CORE,
                            program,
                            "s_time",
                            "-connect",
                            "127.0.0.1:" + target.port(),
                            resumed ? "-reuse" : "-new",
                            "-time",
                            Long.toString(LoadGenerator.whole(seconds)),
                            "-www",
                            target.path(),
                            "-tls1_3",
                            "-ciphersuites",
                            "TLS_AES_128_GCM_SHA256")
                    .redirectErrorStream(true)
                    .start());
        }
        long requests = 0;
        long failed = 0;
        for (Process each : clients) {
            String text = new String(each.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            each.waitFor();
            long[] found = parse(text, resumed);
            requests += found[0];
            failed += found[1] < WHOLE ? found[0] : 0;
        }
        double took = (System.nanoTime() - begun) / 1e9;
        double mean = took * 1000 * connections / Math.max(1, requests);
        return new LoadResult(requests, requests / took, mean, mean, failed, 0);
    }

    /** Connections, and bytes read on each. */
    static long[] parse(String text, boolean resumed) throws IOException {
        Matcher matcher = FOUND.matcher(text);
        if (!matcher.find()) {
            throw new IOException("openssl s_time said what is not understood: " + text);
        }
        if (resumed && text.chars().filter(c -> c == '*').count() > 1) {
            throw new IOException("openssl s_time met full handshakes where it offered a session");
        }
        return new long[] {Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(3))};
    }
}
