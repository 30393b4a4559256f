package io.culprit.triage.whose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.triage.ask.Answer;
import io.culprit.triage.explain.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

    @Test
    void whatIsNoAnswerIsSaidWithItsByte() {
        var e = assertThrows(
                IllegalArgumentException.class, () -> Answer.parse("hello\n".getBytes(StandardCharsets.UTF_8)));
        assertEquals("no HTTP status line at byte 0", e.getMessage());
        e = assertThrows(
                IllegalArgumentException.class,
                () -> Answer.parse("HTTP/1.1 100 Continue\r\n\r\nfoo".getBytes(StandardCharsets.UTF_8)));
        assertEquals("no HTTP status line at byte 25", e.getMessage());
    }
}
