package io.culprit.triage.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Tally;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ReadingTest {
    private static final String REFUSED =
            "2026/11/26 22:42:%02d [error] 1#1: *%d connect() failed (111: Connection refused) while connecting to"
                    + " upstream, client: 198.51.100.1, server: s, request: \"GET /%d HTTP/1.1\", upstream: \"http://192.0.2.1:80/\", host: \"a\"\n";
    private static final String FATAL =
            "2026/11/26 22:43:00 [error] 1#1: *%d FastCGI sent in stderr: \"PHP message: PHP Fatal error:  Uncaught"
                    + " Error: x in /srv/f.php:1\nStack trace:\n#0 {main}\n  thrown in /srv/f.php on line 1\" while reading response header from"
                    + " upstream, client: 198.51.100.1, server: s, request: \"GET /f HTTP/1.1\", upstream: \"fastcgi://127.0.0.1:9000\"\n";

    @TempDir
    Path folder;

    @Test
    void packedFilesSayTheSame() throws Exception {
        String text = REFUSED.formatted(1, 1, 1).repeat(1) + REFUSED.formatted(2, 2, 2) + FATAL.formatted(3);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.gz")))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        try (OutputStream out =
                new XZOutputStream(Files.newOutputStream(folder.resolve("b.xz")), new LZMA2Options(1))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(folder.resolve("c.zst")))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(folder.resolve("d"), text);
        for (String name : List.of("a.gz", "b.xz", "c.zst", "d")) {
            Tally tally = read(folder.resolve(name).toString());
            assertEquals(2, group(tally, "connect.refused").lines(), name);
            assertEquals(1, group(tally, "php.fatal").lines(), name);
            assertEquals(0, tally.unreadCount(), name);
        }
    }

    /** A container runtime cuts each stream for itself, and a log may end within a line. */
    @Test
    void linesThatAContainerRuntimeCutAreJoinedStreamByStream() throws Exception {
        String time = "2026-11-26T22:42:01.000000000Z ";
        String refused = REFUSED.formatted(1, 1, 1).strip();
        String other = REFUSED.formatted(2, 2, 2).strip();
        Files.writeString(
                folder.resolve("pod.log"),
                time + "stderr P " + refused.substring(0, 60) + "\n"
                        + time + "stdout P 198.51.100.1 - - [26/Nov/2026:22:42:01 +0000] \"GET /\n"
                        + time + "stderr F " + refused.substring(60) + "\n"
                        + time + "stdout F  HTTP/1.1\" 200 5 \"-\" \"-\"\n"
                        + time + "stderr P " + other + "\n");
        Tally tally = read(folder.resolve("pod.log").toString());
        assertEquals(2, group(tally, "connect.refused").lines());
        assertEquals(0, tally.unreadCount());
    }

    /** By another name, by a link, in a folder that is named too: one file is counted once. */
    @Test
    void aFileNamedTwiceIsReadOnce() throws Exception {
        Path log = Files.writeString(folder.resolve("error.log"), REFUSED.formatted(1, 1, 1));
        Path link = Files.createSymbolicLink(folder.resolve("link.log"), log);
        Path hard = Files.createLink(folder.resolve("hard.log"), log);
        List<LogFile> files = LogFiles.find(List.of(
                        log.toString(), folder + "/./error.log", link.toString(), hard.toString(), folder.toString()))
                .files();
        assertEquals(1, files.size(), files.toString());
    }

    /** Whatever packed it: what was whole is read, and the cut is said in words. */
    @Test
    void aPackedFileThatIsCutOffIsReadUntilThen() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 60_000; i++) {
            text.append(REFUSED.formatted(i % 60, i, i * 7919 % 100_003));
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (String name : List.of("a.gz", "b.xz", "c.zst")) {
            Path packed = folder.resolve(name);
            try (OutputStream out = packer(name, packed)) {
                out.write(bytes);
            }
            byte[] all = Files.readAllBytes(packed);
            Files.write(packed, java.util.Arrays.copyOf(all, all.length * 3 / 4));
            List<String> problems = new ArrayList<>();
            Tally tally = read(problems, packed.toString());
            assertTrue(group(tally, "connect.refused").lines() > 10_000, name + ": " + problems);
            assertEquals(List.of(packed + ": it is cut off, what was before that is read"), problems);
        }
    }

    private static OutputStream packer(String name, Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file);
        return switch (name.substring(name.indexOf('.'))) {
            case ".gz" -> new GZIPOutputStream(out);
            case ".xz" -> new XZOutputStream(out, new LZMA2Options(1));
            default -> new ZstdOutputStream(out);
        };
    }

    /** Parts meet anywhere: within a line, at its end, within a record of several lines. No line is lost or read twice. */
    @Test
    void aFileReadInPartsIsReadOnce() throws Exception {
        StringBuilder text = new StringBuilder();
        int refused = 0;
        int fatal = 0;
        while (text.length() < 20 << 20) {
            if (refused % 5 == 4) {
                text.append(FATAL.formatted(++fatal));
            }
            text.append(REFUSED.formatted(refused % 60, ++refused, refused));
        }
        Path file = Files.writeString(folder.resolve("error.log"), text);
        LogFiles files = LogFiles.find(List.of(file.toString()));
        Reading reading = new Reading(files.files(), new LogClassifier(), Optional.empty(), Filter.NONE, Progress.NONE);
        Tally tally = reading.run();
        assertEquals(refused, group(tally, "connect.refused").lines());
        assertEquals(fatal, group(tally, "php.fatal").lines());
        assertEquals(0, tally.unreadCount());
        assertEquals(
                file + ":1",
                reading.where(group(tally, "connect.refused").exhibits().get(0)));
    }

    @Test
    void rotatedFilesComeInOrder() throws IOException {
        for (String name : List.of(
                "access.log",
                "access.log.1",
                "access.log.10.gz",
                "access.log.2.gz",
                "error.log-20261101",
                "error.log-20261102",
                "error.log")) {
            Files.writeString(folder.resolve(name), "x\n");
        }
        List<String> names = new ArrayList<>();
        LogFiles.find(List.of(folder.toString()))
                .files()
                .forEach(f -> names.add(Path.of(f.name()).getFileName().toString()));
        assertEquals(
                List.of(
                        "access.log.10.gz",
                        "access.log.2.gz",
                        "access.log.1",
                        "access.log",
                        "error.log-20261101",
                        "error.log-20261102",
                        "error.log"),
                names);
    }

    @Test
    void whatCannotBeReadIsSaid() throws Exception {
        Files.write(folder.resolve("binary"), new byte[] {1, 2, 0, 3});
        Files.write(folder.resolve("broken.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3});
        LogFiles files = LogFiles.find(List.of(
                folder.resolve("binary").toString(),
                folder.resolve("broken.gz").toString(),
                folder.resolve("gone").toString()));
        assertEquals(List.of(folder.resolve("gone") + ": there is no such file"), files.problems());
        Reading reading = new Reading(files.files(), new LogClassifier(), Optional.empty(), Filter.NONE, Progress.NONE);
        reading.run();
        assertEquals(2, reading.problems().size(), reading.problems().toString());
        assertTrue(
                reading.problems().toString().contains("binary: not text"),
                reading.problems().toString());
    }

    @Test
    void aLineWithoutEndIsCutAndSaid() throws Exception {
        Path file = folder.resolve("long");
        Files.writeString(file, "x".repeat(5 << 20) + "\n" + REFUSED.formatted(1, 1, 1));
        LogFiles files = LogFiles.find(List.of(file.toString()));
        Reading reading = new Reading(files.files(), new LogClassifier(), Optional.empty(), Filter.NONE, Progress.NONE);
        assertEquals(1, group(reading.run(), "connect.refused").lines());
        assertTrue(
                reading.problems().toString().contains("lines longer than"),
                reading.problems().toString());
    }

    @Test
    void timesWithoutAZoneAreThoseOfTheAccessLogBeside() throws Exception {
        Files.writeString(
                folder.resolve("access.log"),
                "198.51.100.1 - - [26/Nov/2026:22:42:01 +0200] \"GET /1 HTTP/1.1\" 502 157 \"-\" \"x\"\n");
        Files.writeString(folder.resolve("error.log"), REFUSED.formatted(1, 1, 1));
        Tally tally = read(folder.toString());
        assertEquals(1_795_725_721_000_000L, group(tally, "connect.refused").first());
        assertEquals(tally.first(), tally.last(), "both lines are of the same second");
    }

    @Test
    void aMissingYearIsTheLatestThatFits() throws Exception {
        Files.writeString(
                folder.resolve("a"),
                "198.51.100.1 - - [02/Jan/2027:00:00:01 +0000] \"GET /1 HTTP/1.1\" 200 1 \"-\" \"x\"\n");
        Files.writeString(
                folder.resolve("syslog"),
                "Dec 31 23:59:59 web1 kernel: [1.5] Out of memory: Killed process 7 (php-fpm) total-vm:1kB\n");
        Tally tally = read(folder.toString());
        assertEquals(
                java.time.Instant.parse("2026-12-31T23:59:59Z").toEpochMilli() * 1000,
                group(tally, "worker.oom-killed").first());
    }

    @Test
    void partsOfACriLineAreJoined() throws Exception {
        String line = REFUSED.formatted(1, 1, 1).strip();
        Files.writeString(
                folder.resolve("0.log"),
                "2026-11-26T22:42:45.1Z stderr P " + line.substring(0, 60) + "\n2026-11-26T22:42:45.1Z stderr F "
                        + line.substring(60) + "\n");
        assertEquals(1, group(read(folder.toString()), "connect.refused").lines());
    }

    private static Tally read(String name) throws Exception {
        return read(new ArrayList<>(), name);
    }

    private static Tally read(List<String> problems, String name) throws Exception {
        Reading reading = new Reading(
                LogFiles.find(List.of(name)).files(),
                new LogClassifier(),
                Optional.of(ZoneId.of("UTC")).filter(z -> false),
                Filter.NONE,
                Progress.NONE);
        Tally tally = reading.run();
        problems.addAll(reading.problems());
        return tally;
    }

    private static Group group(Tally tally, String id) {
        for (Kind kind : Kind.values()) {
            for (Group each : tally.groups(kind)) {
                if (each.diagnosis().id().equals(id)) {
                    return each;
                }
            }
        }
        throw new AssertionError("no " + id);
    }
}
