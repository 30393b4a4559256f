package io.culprit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What wrong usage is answered with. */
class ShortUsageTest {
    private static String err(String... arguments) {
        StringWriter text = new StringWriter();
        CommandLine command = Main.commandLine().setErr(new PrintWriter(text));
        assertEquals(2, command.execute(arguments));
        return text.toString();
    }

    @Test
    void theFaultIsNotBuriedUnderHelp() {
        assertEquals("""
                culprit: Unmatched argument at index 0: 'runn'
                Did you mean: culprit run?
                culprit --help tells what there is
                """, err("runn"));
        assertEquals("""
                culprit: Missing required parameter: 'FILE'
                culprit triage --help tells what there is
                """, err("triage"));
        assertTrue(err("triage", "x", "--since", "soon").startsWith("culprit: \"soon\" is no time; write 14:00"));
    }

    @Test
    void whoeverSaysNothingIsHelped() {
        assertTrue(err().startsWith("Usage: culprit"), err());
    }
}
