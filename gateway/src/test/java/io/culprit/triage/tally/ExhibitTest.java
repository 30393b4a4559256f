package io.culprit.triage.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is kept of a line that proves something. */
class ExhibitTest {
    private static final Place PLACE = new Place(0, 0, 1);

    private static String kept(String bytes) {
        return Exhibit.of(0, PLACE, bytes).text();
    }

    @Test
    void ofOneLineTheBeginning() {
        assertEquals("x".repeat(600), kept("x".repeat(600)));
        assertEquals("x".repeat(600) + "...", kept("x".repeat(601)));
    }

    @Test
    void ofATracebackBothEndsInWholeLines() {
        StringBuilder trace = new StringBuilder("Internal Server Error: /a\nTraceback (most recent call last):\n");
        for (int i = 0; i < 40; i++) {
            trace.append("  File \"/srv/a.py\", line ").append(i).append(", in f\n");
        }
        String text = kept(trace + "ValueError: no\n");
        assertTrue(text.startsWith("Internal Server Error: /a\n"), text);
        assertTrue(text.endsWith("\nValueError: no"), text);
        assertTrue(text.contains(", in f\n...\n  File"), text);
        assertTrue(text.length() <= 610, text.length() + " characters");
    }

    @Test
    void aLastLineThatIsTooLongIsNotLostForItsLength() {
        assertTrue(kept("a\n" + "b".repeat(900)).startsWith("a\nbbb"));
    }
}
