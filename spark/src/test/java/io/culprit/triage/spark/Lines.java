package io.culprit.triage.spark;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Logs of an outage around midnight, of as many lines as wanted; the same ones each time. */
final class Lines {
    /** Hours that the logs cover. */
    static final int HOURS = 4;

    private static final LocalDateTime START = LocalDateTime.of(2026, 11, 26, 22, 0, 0);
    private static final DateTimeFormatter NGINX = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss");
    private static final DateTimeFormatter CLF =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss", java.util.Locale.ROOT);
    private static final String[] WORDS = {
        "connect() failed (111: Connection refused) while connecting to upstream",
        "upstream timed out (110: Connection timed out) while reading response header from upstream",
        "upstream prematurely closed connection while reading response header from upstream",
        "recv() failed (104: Connection reset by peer) while reading response header from upstream"
    };

    private Lines() {}

    static void errorLog(Path file, int lines) throws IOException {
        Random random = new Random(1);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < lines; i++) {
                String time = NGINX.format(START.plusSeconds((long) i * HOURS * 3600 / lines));
                int server = random.nextInt(3);
                out.write(
                        "%s [error] %d#%d: *%d %s, client: 10.0.%d.%d, server: shop.example, request: \"%s /%s/%d HTTP/1.1\", upstream: \"http://10.1.0.%d:8080/\", host: \"shop.example\"%n"
                                .formatted(
                                        time,
                                        700 + random.nextInt(4),
                                        700,
                                        i / 2 + 1,
                                        WORDS[random.nextInt(WORDS.length)],
                                        random.nextInt(4),
                                        random.nextInt(200),
                                        random.nextInt(5) == 0 ? "POST" : "GET",
                                        random.nextBoolean() ? "cart" : "api",
                                        random.nextInt(50),
                                        server));
                if (random.nextInt(500) == 0) {
                    out.write("a line that nobody knows " + i + System.lineSeparator());
                }
            }
        }
    }

    static void accessLog(Path file, int lines) throws IOException {
        Random random = new Random(2);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < lines; i++) {
                String time = CLF.format(START.plusSeconds((long) i * HOURS * 3600 / lines));
                int status = random.nextInt(10) == 0 ? 502 : random.nextInt(30) == 0 ? 504 : 200;
                out.write("10.0.0.%d - - [%s +0000] \"GET /api/%d HTTP/1.1\" %d 157 \"-\" \"curl/7.88.1\"%n"
                        .formatted(random.nextInt(200), time, random.nextInt(50), status));
            }
        }
    }

    static void packed(Path plain, Path to) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
            Files.copy(plain, out);
        }
    }
}
