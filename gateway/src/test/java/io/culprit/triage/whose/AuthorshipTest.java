package io.culprit.triage.whose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.triage.explain.Table;
import io.culprit.triage.probe.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AuthorshipTest {
    @TestFactory
    Stream<DynamicTest> whoWroteEachSavedAnswer() {
        return Table.rows(AuthorshipTest.class, "truth.tsv").stream()
                .map(row -> DynamicTest.dynamicTest(row[0], () -> {
                    byte[] raw = Files.readAllBytes(Path.of(AuthorshipTest.class
                            .getResource("answers/" + row[0])
                            .toURI()));
                    if (raw.length == 0) {
                        assertEquals("-", row[1]);
                        assertThrows(IllegalArgumentException.class, () -> Answer.parse(raw));
                        return;
                    }
                    Authorship found = Authorship.of(Answer.parse(raw));
                    String writer =
                            found.writer().isEmpty() ? "unknown" : found.writer() + (found.certain() ? "" : "?");
                    assertEquals(row[1], writer, row[3]);
                    String passed = Arrays.stream(row[2].split(","))
                            .filter(p -> !p.equals("-") && !p.startsWith("("))
                            .sorted()
                            .collect(Collectors.joining(","));
                    assertEquals(passed, String.join(",", new TreeSet<>(found.passed())), row[3]);
                    assertTrue(found.writer().isEmpty() || !found.clues().isEmpty(), "a writer without a clue");
                }));
    }

    private static Authorship of(String head) {
        return Authorship.of(Answer.parse((head + "\r\n\r\n").getBytes(StandardCharsets.UTF_8)));
    }

    /** RFC 9209: whoever names an error and received no status made the answer; the others passed it on. */
    @Test
    void intermediariesSayOfThemselvesWhoMadeIt() {
        Authorship own = of("HTTP/1.1 502 Bad Gateway\r\nProxy-Status: culprit;error=connection_refused;"
                + "cause=\"connect.refused\";next-hop=\"10.0.0.1:80\", edge.example; received-status=502");
        assertEquals("culprit", own.writer());
        assertTrue(own.certain());
        assertEquals(List.of("edge.example"), own.passed());
        String said = own.clues().toString();
        assertTrue(
                said.contains("connect.refused, ")
                        && said.contains("blame upstream")
                        && said.contains("at 10.0.0.1:80"),
                said);
        Authorship relayed = of("HTTP/1.1 500 Internal Server Error\r\nProxy-Status: culprit;received-status=500");
        assertEquals("", relayed.writer());
        assertEquals(List.of("culprit"), relayed.passed());
        Authorship mixed =
                of("HTTP/1.1 502 Bad Gateway\r\nProxy-Status: edge.example;error=http_response_header_section_size;"
                        + "received-status=200;details=\"a head of 70 kB\"");
        assertEquals("edge.example", mixed.writer());
        assertTrue(
                mixed.clues().toString().contains("(it had received status 200): a head of 70 kB"), mixed.clues() + "");
        assertEquals("culprit", of("HTTP/1.1 404 Not Found\r\nServer: culprit").writer());
        assertEquals(
                "",
                of("HTTP/1.1 502 X\r\nProxy-Status: \"unfinished;;error=\u0000,,,;=\"")
                        .writer());
    }

    @Test
    void whatIsNoAnswerIsSaidWithItsByte() {
        var e = assertThrows(
                IllegalArgumentException.class, () -> Answer.parse("hello\n".getBytes(StandardCharsets.UTF_8)));
        assertEquals("no HTTP status line at byte 0", e.getMessage());
        e = assertThrows(
                IllegalArgumentException.class,
                () -> Answer.parse("HTTP/1.1 100 Continue\r\n\r\nfoo".getBytes(StandardCharsets.UTF_8)));
        assertEquals("no HTTP status line at byte 25", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> Answer.parse(new byte[] {'\n'}));
        assertEquals("no HTTP status line at byte 0", e.getMessage(), "found by the fuzzer");
    }
}
