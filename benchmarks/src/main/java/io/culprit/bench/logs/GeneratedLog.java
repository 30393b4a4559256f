package io.culprit.bench.logs;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Logs as an outage writes them, of any size; the same seed gives the same bytes. */
final class GeneratedLog {
    private static final String[] PATHS = {
        "/",
        "/shop/",
        "/cart/",
        "/product/blue-mug/",
        "/product/tea-pot/",
        "/wp-admin/admin-ajax.php?action=heartbeat",
        "/feed/",
        "/api/v1/orders/%d",
        "/category/kitchen/?page=%d"
    };
    private static final String[][] MESSAGES = {
        {"connect() failed (111: Connection refused) while connecting to upstream", "fastcgi://127.0.0.1:9000"},
        {
            "upstream timed out (110: Connection timed out) while reading response header from upstream",
            "fastcgi://unix:/run/php/php8.2-fpm.sock"
        },
        {
            "connect() to unix:/run/php/php8.2-fpm.sock failed (11: Resource temporarily unavailable) while connecting to upstream",
            "fastcgi://unix:/run/php/php8.2-fpm.sock:"
        },
        {
            "recv() failed (104: Connection reset by peer) while reading response header from upstream",
            "http://192.0.2.11:8080/x"
        },
        {
            "upstream prematurely closed connection while reading response header from upstream",
            "http://192.0.2.12:8080/x"
        }
    };
    private static final int[] SHARES = {50, 80, 110, 120, 130};

    private final Random random = new Random(7);
    private double second;
    private long connection;

    /** nginx's error log. */
    static void errors(Path file, long bytes) throws IOException {
        GeneratedLog log = new GeneratedLog();
        log.write(file, bytes, log::error);
    }

    /** nginx's access log in the combined format. */
    static void accesses(Path file, long bytes) throws IOException {
        GeneratedLog log = new GeneratedLog();
        log.write(file, bytes, log::access);
    }

    private void write(Path file, long bytes, java.util.function.Supplier<String> line) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            long written = 0;
            while (written < bytes) {
                byte[] next = line.get().getBytes(StandardCharsets.ISO_8859_1);
                out.write(next);
                written += next.length;
            }
        }
    }

    private String error() {
        second += random.nextDouble() * 0.02;
        int s = (int) second;
        int share = random.nextInt(SHARES[SHARES.length - 1]);
        int kind = 0;
        while (SHARES[kind] <= share) {
            kind++;
        }
        return "2026/11/%02d %02d:%02d:%02d [error] 21939#21939: *%d %s, client: 198.51.%d.%d, server: shop.test, request: \"GET %s HTTP/1.1\", upstream: \"%s\", host: \"shop.test\"%s\n"
                .formatted(
                        1 + s / 86_400 % 28,
                        s / 3600 % 24,
                        s / 60 % 60,
                        s % 60,
                        ++connection,
                        MESSAGES[kind][0],
                        100 + random.nextInt(10),
                        random.nextInt(256),
                        path(),
                        MESSAGES[kind][1],
                        random.nextInt(5) < 2 ? ", referrer: \"https://shop.test/\"" : "");
    }

    private String access() {
        second += random.nextDouble() * 0.02;
        int s = (int) second;
        int status = random.nextInt(20) == 0 ? 502 : 200;
        return "198.51.%d.%d - - [%02d/Nov/2026:%02d:%02d:%02d +0000] \"GET %s HTTP/1.1\" %d %d \"https://shop.test/\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n"
                .formatted(
                        100 + random.nextInt(10),
                        random.nextInt(256),
                        1 + s / 86_400 % 28,
                        s / 3600 % 24,
                        s / 60 % 60,
                        s % 60,
                        path(),
                        status,
                        status == 502 ? 157 : 1000 + random.nextInt(9000));
    }

    private String path() {
        return PATHS[random.nextInt(PATHS.length)].replace("%d", Integer.toString(random.nextInt(5000)));
    }
}
