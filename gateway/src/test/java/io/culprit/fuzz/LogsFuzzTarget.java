package io.culprit.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.read.FileClock;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.LogFile;
import io.culprit.triage.read.LogPart;
import io.culprit.triage.read.LogSource;
import io.culprit.triage.read.PartReader;
import io.culprit.triage.tally.Tally;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Any bytes as a log, packed or not: read in one part or in two, the lines are the same, and so is what was made of them. */
public final class LogsFuzzTarget {
    private static final LogClassifier CLASSIFIER = new LogClassifier();

    private LogsFuzzTarget() {}

    private record InMemory(byte[] bytes) implements LogSource {
        @Override
        public InputStream open(long from) {
            return new ByteArrayInputStream(bytes, (int) from, (int) (bytes.length - from));
        }

        @Override
        public long changedMillis() {
            return 1_795_000_000_000L;
        }
    }

    /** Logs of several programs, records of several lines among them, and a packed one. */
    public static List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String each : List.of(
                "2026/11/26 22:43:00 [error] 1#1: *1 FastCGI sent in stderr: \"PHP message: PHP Fatal error:  Uncaught Error: x in"
                        + " /srv/f.php:1\nStack trace:\n#0 {main}\n  thrown in /srv/f.php on line 1\" while reading response header from"
                        + " upstream, client: 198.51.100.1, server: s, request: \"GET /f HTTP/1.1\", host: \"a\"\n",
                "{\"log\":\"Traceback (most recent call last):\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-26T22:43:00Z\"}\n"
                        + "{\"log\":\"  File \\\"/a.py\\\", line 1\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-26T22:43:00Z\"}\n",
                "2026-11-26T22:43:00.1Z stderr P 2026-11-26 22:43:00.1 UTC [1] ERROR:  de\n2026-11-26T22:43:00.1Z stderr F adlock\n",
                "Nov 26 22:43:00 web1 haproxy[1]: 198.51.100.1:1 [26/Nov/2026:22:43:00.1] f b/s 0/0/1/-1/2 502 1 - - SH-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n",
                "[26-Nov-2026 22:43:00] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it\n",
                "198.51.100.1 - - [26/Nov/2026:22:43:00 +0000] \"GET / HTTP/1.1\" 502 1 \"-\" \"a\" rt=1.0 us=\"502\"\n")) {
            seeds.add(each.getBytes(StandardCharsets.UTF_8));
        }
        var packed = new java.io.ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(seeds.get(0));
        }
        seeds.add(packed.toByteArray());
        return seeds;
    }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws IOException {
        int cut = data.consumeInt(1, 2048);
        byte[] bytes = data.consumeRemainingAsBytes();
        LogFile file = LogFile.of(new InMemory(bytes), "fuzz", bytes.length);
        String whole = read(file, LogPart.of(List.of(file), Long.MAX_VALUE, Math.max(1, bytes.length)));
        if (file.splits() && cut < bytes.length) {
            read(file, LogPart.of(List.of(file), Long.MAX_VALUE, Math.max(cut, bytes.length / 8)));
        }
        String again = read(file, LogPart.of(List.of(file), Long.MAX_VALUE, Math.max(1, bytes.length)));
        if (!whole.equals(again)) {
            throw new AssertionError("first " + whole + ", then " + again);
        }
    }

    private static String read(LogFile file, List<LogPart> parts) {
        List<String> problems = new ArrayList<>();
        FileClock clock = FileClock.of(List.of(file), CLASSIFIER, Optional.empty());
        PartReader reader = new PartReader(CLASSIFIER, Filter.NONE, clock, 0, problems::add);
        parts.forEach(part -> reader.read(file, part));
        Collection<Tally> tallies = reader.finish().values();
        long lines = tallies.stream().mapToLong(Tally::lines).sum();
        long unread = tallies.stream().mapToLong(Tally::unreadCount).sum();
        long requests = tallies.stream().mapToLong(Tally::requests).sum();
        return "%d lines, %d unread, %d requests, %s".formatted(lines, unread, requests, problems);
    }
}
