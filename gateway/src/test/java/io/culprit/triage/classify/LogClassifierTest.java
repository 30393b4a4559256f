package io.culprit.triage.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.proxy.LogFormat;
import io.culprit.triage.classify.text.Clock;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LogClassifierTest {
    private final LogClassifier classifier = new LogClassifier();

    @TestFactory
    Stream<DynamicTest> everyLineSaysWhatItProvesAndNoMore() throws IOException {
        return Lines.all().stream()
                .map(line -> DynamicTest.dynamicTest(line.id() + " " + line.causes(), () -> {
                    Finding found = classifier
                            .classify(line.text())
                            .orElseThrow(() -> new AssertionError("not known: " + line.text()));
                    assertEquals(set(line.causes()), set(found.id()), line.text());
                    assertEquals(line.blame(), found.blame().id(), line.text());
                }));
    }

    @Test
    void everyNamedCauseExists() throws IOException {
        for (Lines line : Lines.all()) {
            for (String id : line.causes().split("\\|")) {
                assertTrue(id.equals("none") || Diagnosis.byId(id).isPresent(), line.id() + ": " + id);
            }
        }
    }

    @Test
    void aPrefixChangesNothing() throws IOException {
        List<String> prefixes = List.of(
                "2026-11-26T22:42:45.104551213Z stderr F ",
                "[pod/shop-7d9/web] 2026-11-26T22:42:45.104551213Z ",
                "web-1  | ",
                "web-1  | 2026-11-26T22:42:45.104551213Z ",
                "Nov 26 22:42:45 web1 web[812]: ",
                "<134>Nov 26 22:42:45 web1 web: ",
                "<134>1 2026-11-26T22:42:45Z web1 web 812 - - ",
                "2026-11-26T22:42:45.123456+00:00 web1 web[812]: ");
        for (Lines line : Lines.all()) {
            boolean ownPrefix = line.program().startsWith("prefix")
                    || line.program().equals("systemd")
                    || line.program().equals("syslog");
            if (ownPrefix || line.text().contains("\n") || line.text().startsWith("<")) {
                continue;
            }
            Finding plain = classifier.classify(line.text()).orElseThrow();
            if (plain.program() == Program.KERNEL
                    || plain.program() == Program.SYSLOG
                    || plain.program() == Program.HEROKU) {
                continue; // these are told by the tag of the prefix
            }
            for (String prefix : prefixes) {
                Finding found = classifier
                        .classify(prefix + line.text())
                        .orElseThrow(() -> new AssertionError(prefix + line.text()));
                assertEquals(plain.id(), found.id(), prefix + line.text());
            }
        }
    }

    @Test
    void dockersJsonIsUnwrapped() {
        Finding found = classifier
                .classify(
                        "{\"log\":\"2026/11/26 22:42:45 [error] 29#29: *59 connect() failed (111: Connection refused) while connecting to"
                                + " upstream, client: 198.51.100.66, server: a, request: \\\"GET /x HTTP/1.1\\\", upstream: \\\"http://192.0.2.11:8080/x\\\"\\n\","
                                + "\"stream\":\"stderr\",\"time\":\"2026-11-26T20:42:45.104551213Z\"}")
                .orElseThrow();
        assertEquals(Cause.CONNECT_REFUSED.id(), found.id());
        assertEquals("192.0.2.11:8080", found.upstream());
        assertEquals(Clock.ZONED, found.clock(), "the wrapper's time has a zone, the line's own has none");
    }

    @Test
    void fieldsAreFoundFromTheRight() {
        Finding found = classifier
                .classify(
                        "2026/11/26 22:42:45 [error] 1#1: *7 FastCGI sent in stderr: \"PHP message: PHP Fatal error:  Uncaught E: , client:"
                                + " x, request: \"y\" in /srv/a.php:3\" while reading response header from upstream, client: 198.51.100.9,"
                                + " server: s, request: \"POST /pay?a=\"b\" HTTP/1.1\", upstream: \"fastcgi://unix:/run/p.sock:\", host: \"shop.test\"")
                .orElseThrow();
        assertEquals("php.fatal", found.id());
        assertEquals("198.51.100.9", found.client());
        assertEquals("POST", found.method());
        assertEquals("/pay?a=\"b\"", found.target());
        assertEquals("unix:/run/p.sock", found.upstream());
    }

    @Test
    void aPhraseIsKnownWithoutItsLine() {
        assertEquals(
                "connect.refused", id("> connect() failed (111: Connection refused) while connecting to upstream"));
        assertEquals(
                "head.closed",
                id("... [nginx] upstream prematurely closed connection while reading response header from upstr"));
        assertEquals("pool.max-children", id("server reached pm.max_children setting (5), consider raising it"));
    }

    @Test
    void culpritsOwnLogNamesTheCauseItself() {
        assertEquals(
                "connect.timeout",
                id(
                        "2026/11/26 22:42:45 [error] 1#0: *1 upstream timed out (110: Connection timed out) while connecting to upstream, client:"
                                + " ::1, server: s, request: \"GET / HTTP/1.1\", upstream: \"http://192.0.2.1:80/\", host: \"a\", cause: connect.timeout,"
                                + " detail: \"x\""));
    }

    @Test
    void aFormatGivenIsRead() {
        LogFormat format = new LogFormat(
                "$remote_addr|$time_iso8601|$request|$status|$upstream_addr|$upstream_connect_time|$upstream_header_time"
                        + "|$upstream_status|$request_time");
        Finding found = new LogClassifier(List.of(format))
                .classify("198.51.100.1|2026-11-26T22:42:45+01:00|GET /a HTTP/1.1|504|192.0.2.1:80|0.000|-|504|60.001")
                .orElseThrow();
        assertEquals("head.timeout", found.id());
        assertEquals(60_001_000, found.duration());
        assertEquals("/a", found.target());
    }

    /** The names in it are its writer's; what stands behind them is nginx's, in JSON's escapes. */
    @Test
    void aFormatOfJsonIsReadByItsVariables() {
        LogFormat format =
                new LogFormat("escape=json {\"ts\":\"$time_iso8601\",\"cl\":\"$remote_addr\",\"m\":\"$request_method\","
                        + "\"u\":\"$request_uri\",\"st\":$status,\"us\":\"$upstream_status\",\"ua\":\"$upstream_addr\","
                        + "\"urt\":\"$upstream_response_time\",\"rt\":$request_time}");
        Finding found = new LogClassifier(List.of(format))
                .classify(
                        "{\"ts\":\"2026-11-27T10:00:01+00:00\",\"cl\":\"1.2.3.4\",\"m\":\"GET\",\"u\":\"/x?a=\\\"b\\\"\",\"st\":504,"
                                + "\"us\":\"504\",\"ua\":\"10.0.0.1:80\",\"urt\":\"60.000\",\"rt\":60.001}")
                .orElseThrow();
        assertEquals(504, found.status());
        assertEquals("/x?a=\"b\"", found.target());
        assertEquals(60_001_000, found.duration());
        assertTrue(found.upstream().startsWith("10.0.0.1:80"), found.upstream());
    }

    @Test
    void whatIsCutOrGarbledIsNoTrouble() throws IOException {
        Random random = new Random(5);
        for (Lines line : Lines.all()) {
            String text = line.text();
            for (int cut = 0; cut < text.length(); cut += 7) {
                classifier.classify(text.substring(0, cut));
                classifier.classify(text.substring(cut));
            }
            char[] garbled = text.toCharArray();
            for (int i = 0; i < 200 && garbled.length > 0; i++) {
                garbled[random.nextInt(garbled.length)] = (char) random.nextInt(256);
                classifier.classify(new String(garbled));
            }
        }
    }

    /** Found by the fuzzer: a name that ends before it begins. */
    @Test
    void aServerWithoutANameIsNoServer() {
        assertEquals(
                "none", id("Nov 26 22:44:49 web1 haproxy[20858]: Server is DOWN, reason: Layer4 connection problem"));
    }

    private String id(String text) {
        Optional<Finding> found = classifier.classify(text);
        return found.map(Finding::id).orElse("");
    }

    private static TreeSet<String> set(String ids) {
        return new TreeSet<>(Arrays.asList(ids.split("\\|")));
    }
}
