package io.culprit.triage.read;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A message of several lines is one record, whatever container runtimes and syslog put before each of its lines. */
class WrappedRecordsTest {
    /** What each of these says is told by a line that is not the first, or must not be counted once a line. */
    private static final List<String> MESSAGES = List.of("""
            Traceback (most recent call last):
              File "/srv/app/views.py", line 7, in cart
                return self.client.get("x")
            django.db.utils.OperationalError: could not connect to server: Connection refused""", """
            [26-Nov-2026 22:42:03 UTC] PHP Fatal error:  Uncaught Error: Call to undefined function a() in /srv/a.php:3
            Stack trace:
            #0 {main}
              thrown in /srv/a.php on line 3""", """
            2026-11-26 22:42:04.000 UTC [7] ERROR:  canceling statement due to statement timeout
            2026-11-26 22:42:04.000 UTC [7] STATEMENT:  select
            \tpg_sleep(5)""");

    @TempDir
    Path folder;

    private Tally read(String name, List<String> lines) throws Exception {
        Path file = Files.write(folder.resolve(name), lines);
        LogFiles found = LogFiles.find(List.of(file.toString()));
        Reading reading = new Reading(found.files(), new LogClassifier(), Optional.empty(), Filter.NONE, Progress.NONE);
        Tally tally = reading.run();
        assertEquals(List.of(), reading.problems());
        return tally;
    }

    private static TreeMap<String, Long> counts(Tally tally) {
        TreeMap<String, Long> all = new TreeMap<>();
        for (var kind : io.culprit.triage.classify.Finding.Kind.values()) {
            for (Group each : tally.groups(kind)) {
                all.put(
                        kind + " "
                                + each.diagnoses().stream().map(Diagnosis::id).toList(),
                        each.lines());
            }
        }
        all.put("records", tally.lines());
        all.put("unknown", tally.unreadCount());
        return all;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "docker ~ {\"log\":\"%s\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-26T22:42:03.000000000Z\"}",
                "cri ~ 2026-11-26T22:42:03.000000000Z stderr F %s",
                "syslog ~ Nov 26 22:42:03 web1 app[12]: %s",
                "rsyslog ~ 2026-11-26T22:42:03.000+00:00 web1 app[12]: %s",
                "compose ~ web-1  | %s",
                "kubectl ~ [pod/web-1/app] %s"
            })
    void linesOfOneMessageAreOneRecord(String name, String wrapping) throws Exception {
        List<String> plain = new ArrayList<>();
        List<String> wrapped = new ArrayList<>();
        for (String message : MESSAGES) {
            for (String line : message.split("\n")) {
                plain.add(line);
                String escaped = name.equals("docker")
                        ? line.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t")
                        : line;
                wrapped.add(wrapping.replace("%s", escaped));
            }
        }
        TreeMap<String, Long> expected = counts(read("plain.log", plain));
        assertEquals(3, expected.get("records"), expected.toString());
        assertEquals(expected, counts(read(name + ".log", wrapped)));
    }

    /** Two streams are two programs to a reader: neither goes on where the other stopped. */
    @ParameterizedTest
    @CsvSource({"stdout, 2", "stderr, 1"})
    void linesOfAnotherStreamDoNotBelong(String second, long records) throws Exception {
        String line = "{\"log\":\"%s\\n\",\"stream\":\"%s\",\"time\":\"2026-11-26T22:42:03.000000000Z\"}";
        Tally tally = read(
                "two.log",
                Arrays.asList(
                        line.formatted("Traceback (most recent call last):", "stderr"),
                        line.formatted("  File \\\"/srv/a.py\\\", line 7, in a", second)));
        assertEquals(records, tally.lines());
    }

    /** What is joined without a prefix is not always joined behind one: there, each of these lines is a message of its own. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "Nov 26 22:42:03 web kernel: usb 1-1: new device ~ Nov 26 22:42:04 web kernel: INFO: task mysqld:123 blocked for more than 120 seconds.",
                "Nov 26 22:42:03 web php-fpm[5]: NOTICE: ready ~ Nov 26 22:42:04 web php-fpm[5]: WARNING: [pool www] server reached pm.max_children setting (5), consider raising it",
                "{\"log\":\"ERROR:    Exception in ASGI application\\n\",\"stream\":\"stderr\"} ~ {\"log\":\"INFO:     Shutting down\\n\",\"stream\":\"stderr\"}",
                "INFO:     Application startup complete. ~ WARNING:  Invalid HTTP request received.",
                "Traceback (most recent call last): ~ ERROR: connect() failed"
            })
    void messagesThatFollowEachOtherAreTwo(String first, String second) throws Exception {
        assertEquals(2, read("two.log", List.of(first, second)).lines());
    }

    /** journalctl prints further lines of a message without its prefix; a file may end, or have been cut, anywhere. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "2024-05-01T10:00:00.000Z Error: connect ECONNREFUSED 127.0.0.1:1 ~ ____at TCPConnectWrap.afterConnect (node:net:1) ~ 1",
                "Traceback (most recent call last): ~ {\"log\":\"    File x\\n\"} ~ 2",
                "{\"log\":\"hello\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-26T22:42:03Z\"} ~ {\"log\":\"hello\\n\",\"stream\":\"std ~ 2"
            })
    void whateverComesNextIsRead(String first, String second, long records) throws Exception {
        Tally tally = read("cut.log", List.of(first, second.replace("____", "    ")));
        assertEquals(records, tally.lines(), tally.unreadLines().toString());
    }
}
