package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.triage.chain.Link;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens near each other is not always cause and effect: a false claim is worse than none. */
class FalseClaimsTest {
    private static final String ERROR =
            "2026/11/27 16:47:%02d [error] 1#1: *%d %s, client: 198.51.100.1, server: s, request: \"GET %s HTTP/1.1\","
                    + " upstream: \"%s\", host: \"a\"\n";
    private static final String REFUSED = "connect() failed (111: Connection refused) while connecting to upstream";
    private static final String RESET =
            "recv() failed (104: Connection reset by peer) while reading response header from upstream";

    @TempDir
    Path folder;

    @Test
    void aRestartOfFpmExplainsNoOtherUpstream() throws Exception {
        write("error.log", ERROR.formatted(10, 1, REFUSED, "/x", "http://127.0.0.1:18999/x"));
        write(
                "fpm.log",
                "[27-Nov-2026 16:47:09] NOTICE: Terminating ...\n[27-Nov-2026 16:47:11] NOTICE: ready to handle connections\n");
        String sentence = sentence();
        assertTrue(sentence.startsWith("1 request failed at 127.0.0.1:18999"), sentence);
        assertFalse(sentence.contains("on order"), sentence);
    }

    @Test
    void aWorkerOfFpmThatDiedExplainsNoHttpUpstream() throws Exception {
        write("error.log", ERROR.formatted(10, 1, RESET, "/x", "http://127.0.0.1:18090/x"));
        write(
                "fpm.log",
                "[27-Nov-2026 16:47:10] WARNING: [pool batch] child 29012 exited on signal 9 (SIGKILL) after 4.3 seconds from start\n");
        assertFalse(sentence().contains("SIGKILL"), sentence());
    }

    @Test
    void aWorkerThatDiedFailsOneRequest() throws Exception {
        write(
                "error.log",
                ERROR.formatted(10, 1, RESET, "/k", "fastcgi://unix:/a.sock:")
                        + ERROR.formatted(10, 3, RESET, "/s", "fastcgi://unix:/a.sock:"));
        write(
                "fpm.log",
                "[27-Nov-2026 16:47:10] WARNING: [pool www] child 1 exited on signal 9 (SIGKILL) after 4.3 seconds from start\n"
                        + "[27-Nov-2026 16:47:10] WARNING: [pool www] child 2 exited on signal 11 (SIGSEGV) after 4.3 seconds from start\n");
        Link link = new Verdict(run(Filter.NONE)).link().orElseThrow();
        assertEquals(1, link.requests(), link.because());
        assertTrue(
                link.notThis().stream().noneMatch(t -> t.startsWith("Memory did not run out")),
                "no kernel log was read");
    }

    /** The timer is that of whoever wrote the line, not always nginx's. */
    @Test
    void aSteadyTimeoutIsNamedAfterItsProgram() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            lines.append(
                            "Nov 27 16:4%d:00 web1 haproxy[1]: 127.0.0.1:2 [27/Nov/2026:16:4%d:00.459] fe slow/s1 0/0/0/-1/30000 504 198"
                                    .formatted(i, i))
                    .append(" - - sH-- 1/1/0/0/0 0/0 \"GET /slow HTTP/1.1\"\n");
        }
        write("haproxy.log", lines.toString());
        Link link = new Verdict(run(Filter.NONE)).link().orElseThrow();
        assertTrue(link.because().contains("a timer that somebody set (HAProxy's timeout server)"), link.because());
    }

    /** A slow log beside steady timeouts says what was slow: nobody is told to switch one on. */
    @Test
    void aSlowLogSaysWhatTookSoLong() throws Exception {
        StringBuilder access = new StringBuilder();
        StringBuilder errors = new StringBuilder();
        StringBuilder slow = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            access.append(
                    "198.51.100.1 - - [27/Nov/2026:16:47:0%d +0000] \"GET /export.php HTTP/1.1\" 504 167 \"-\" \"-\" rt=60.001 uct=\"0.000\" uht=\"-\" urt=\"60.001\" us=\"504\" ua=\"unix:/a.sock\"\n"
                            .formatted(i));
            errors.append(ERROR.formatted(
                    i,
                    i,
                    "upstream timed out (110: Connection timed out) while reading response header from upstream",
                    "/export.php",
                    "fastcgi://unix:/a.sock:"));
            slow.append(
                    "[27-Nov-2026 16:46:0%d]  [pool www] pid %d\nscript_filename = /srv/export.php\n[0x00007f] curl_exec() /srv/lib/Export.php:88\n[0x00007f] run() /srv/export.php:3\n\n"
                            .formatted(i, 100 + i));
        }
        write("access.log", access.toString());
        write("error.log", errors.toString());
        write("slow.log", slow.toString());
        Link link = new Verdict(run(Filter.NONE)).link().orElseThrow();
        assertTrue(link.because().contains("the workers were busy, held by run() /srv/lib/Export.php"), link.because());
        assertFalse(link.notProven().contains("a slow log, would tell"), link.notProven());
    }

    @Test
    void anotherBackendsLaterFailureIsNoReason() throws Exception {
        write(
                "haproxy.log",
                "Nov 27 16:46:58 web1 haproxy[1]: 127.0.0.1:1 [27/Nov/2026:16:46:58.446] fe dead/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0"
                        + " \"GET /dead/1 HTTP/1.1\"\n"
                        + "Nov 27 16:47:00 web1 haproxy[1]: 127.0.0.1:2 [27/Nov/2026:16:46:58.459] fe slow/s1 0/0/0/-1/2000 504 198 - - sH-- 1/1/0/0/0 0/0"
                        + " \"GET /slow HTTP/1.1\"\n");
        assertTrue(sentence().contains("no line says why"), sentence());
    }

    @Test
    void whatAFilterLeavesOutDidHappen() throws Exception {
        String missing =
                "connect() to unix:/run/a.sock failed (2: No such file or directory) while connecting to upstream";
        write("error.log", ERROR.formatted(12, 1, missing, "/x", "fastcgi://unix:/run/a.sock:"));
        write(
                "fpm.log",
                "[27-Nov-2026 16:20:09] NOTICE: ready to handle connections\n[27-Nov-2026 16:40:09] NOTICE: Terminating ...\n");
        long since = Instant.parse("2026-11-27T16:47:11Z").toEpochMilli() * 1000;
        String sentence = new Verdict(run(new Filter(since, Long.MAX_VALUE, "", ""))).sentence();
        assertFalse(sentence.contains("listens elsewhere"), sentence);
    }

    @Test
    void noUpstreamIsNamedForAllWhereItIsOneOfMany() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 9_000; i++) {
            lines.append(
                    ERROR.formatted(i / 200, i, REFUSED, "/", "http://10.%d.%d.1:80/".formatted(i / 200, i % 200)));
        }
        write("error.log", lines.toString());
        String sentence = sentence();
        assertTrue(sentence.startsWith("9000 requests failed from"), sentence);
    }

    @Test
    void aFilterByPathLeavesLinesWithoutAPathOut() throws Exception {
        write(
                "error.log",
                ERROR.formatted(10, 1, REFUSED, "/shop/1", "http://192.0.2.1/")
                        + ERROR.formatted(10, 3, REFUSED, "/blog", "http://192.0.2.1/"));
        Triage.Result result = run(new Filter(Long.MIN_VALUE, Long.MAX_VALUE, "", "/shop"));
        assertEquals(1, result.evidence().failed().get(0).requests());
        assertTrue(
                new Verdict(run(new Filter(Long.MIN_VALUE, Long.MAX_VALUE, "", "/nix")))
                        .sentence()
                        .contains("filter"),
                "nothing passes");
    }

    @Test
    void whatIsNotAnswerableIsNotZeroFailures() throws Exception {
        String missing =
                "connect() to unix:/run/a.sock failed (2: No such file or directory) while connecting to upstream";
        write("stern.log", "shop-7d9f nginx " + ERROR.formatted(12, 1, missing, "/x", "fastcgi://unix:/run/a.sock:"));
        write(
                "journal.json",
                "{\"__REALTIME_TIMESTAMP\":\"1795798030123456\",\"_HOSTNAME\":\"web1\",\"SYSLOG_IDENTIFIER\":\"nginx\",\"MESSAGE\":\""
                        + ERROR.formatted(13, 3, missing, "/x", "fastcgi://unix:/run/a.sock:")
                                .strip()
                                .replace("\"", "\\\"")
                        + "\"}\n");
        write(
                "compose.log",
                "\u001b[36mweb-1  | \u001b[0m" + ERROR.formatted(14, 5, missing, "/x", "fastcgi://unix:/run/a.sock:"));
        String sentence = sentence();
        assertTrue(sentence.startsWith("3 requests failed"), sentence);
        assertTrue(sentence.contains("unix:/run/a.sock"), sentence);
    }

    @Test
    void whatSteersATerminalIsTakenOut() throws Exception {
        write("error.log", ERROR.formatted(10, 1, REFUSED, "/\u001b[2Jx", "http://192.0.2.1/"));
        assertFalse(run(Filter.NONE).evidence().failed().get(0).paths().first().contains("\u001b"));
    }

    @Test
    void nginxsOwnFormatsAreRead() throws Exception {
        Path conf = Files.writeString(
                folder.resolve("nginx.conf"),
                "http {\n log_format main '$remote_addr|$status| \"$request\" '\n   '\"$http_user_agent\" \"$http_x_forwarded_for\" [$time_local]';\n}\n");
        Path log =
                write("x.log", "198.51.100.1|502| \"GET /a HTTP/1.1\" \"curl\" \"-\" [27/Nov/2026:16:47:10 +0000]\n");
        Triage.Result result = Triage.run(
                List.of(conf.toString(), log.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
        assertEquals(List.of(), result.problems());
        assertEquals(1, result.tally().failed());
    }

    private String sentence() throws Exception {
        return new Verdict(run(Filter.NONE)).sentence();
    }

    private Triage.Result run(Filter filter) throws Exception {
        return Triage.run(
                List.of(folder.toString()), List.of(), Optional.of(java.time.ZoneOffset.UTC), filter, Progress.NONE);
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
