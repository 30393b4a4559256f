package io.culprit.triage.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.harness.Programs;
import io.culprit.triage.lint.Flaw.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lint --fix} prints, applied by the program it is printed for. */
class DiffTest {
    @TempDir
    Path folder;

    /** A patch that nginx starts with, and that mends what it was for. */
    @Test
    void theDiffMendsWhatItShows() throws Exception {
        Path file = Files.writeString(folder.resolve("nginx.conf"), """
                events {
                    worker_connections 64;
                }
                http {
                    keepalive_timeout 30;   # short
                    server {
                        location /i {
                            alias /srv/images/;
                        }
                        location / { proxy_next_upstream error non_idempotent; proxy_pass http://127.0.0.1:1; }
                        fastcgi_buffer_size 1k;
                    }
                }
                """);
        Setup setup = new Setup(Edge.ALB, 0);
        setup.add(file);
        List<Flaw> flaws = Lint.of(setup);
        String diff = Diff.of(flaws);
        assertTrue(diff.contains("+        location /i/ {"), diff);
        assertTrue(
                !diff.contains("+        proxy_next_upstream"),
                "a line with more than one directive is left alone: " + diff);
        Path changes = Files.writeString(folder.resolve("x.patch"), diff);
        Process process = new ProcessBuilder(
                        Programs.path("patch", "patch"), "-p0", "-d", "/", "-i", changes.toString())
                .redirectErrorStream(true)
                .start();
        assertEquals(0, process.waitFor(), new String(process.getInputStream().readAllBytes()));
        Setup mended = new Setup(Edge.ALB, 0);
        mended.add(file);
        assertEquals(
                List.of("retry.post"),
                Lint.of(mended).stream()
                        .filter(f -> f.level() != Level.NOTE)
                        .map(Flaw::id)
                        .toList(),
                Files.readString(file));
    }

    /** Lines keep their ends, and what needs quotes is left alone: its own are gone by then. */
    @Test
    void linesKeepTheirEndsAndQuotesAreNotLost() throws Exception {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                "events {}\r\nhttp {\r\n server {\r\n  location /i {\r\n   alias /srv/i/;\r\n  }\r\n  location \"/q q\" {\r\n   alias /srv/q/;\r\n  }\r\n }\r\n}\r\n");
        Setup setup = new Setup(Edge.NONE, 0);
        setup.add(file);
        String diff = Diff.of(Lint.of(setup));
        assertTrue(diff.contains("\n+  location /i/ {\r\n"), diff);
        assertTrue(!diff.contains("+  location /q"), diff);
    }

    /** A query is there once. */
    @Test
    void aRedirectsQueryIsNotDoubled() throws Exception {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                "events {}\nhttp {\n server {\n  return 301 https://a.test$uri$is_args$args;\n }\n}\n");
        Setup setup = new Setup(Edge.NONE, 0);
        setup.add(file);
        String diff = Diff.of(Lint.of(setup));
        assertTrue(diff.contains("+  return 301 https://a.test$request_uri;\n"), diff);
    }
}
