package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.cli.tools.TriageCommand;
import io.culprit.triage.classify.text.FlatJson;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Sarif;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import io.culprit.triage.report.HtmlReport;
import io.culprit.triage.report.TextReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What triage and lint hand out: for a terminal, for a browser, for a code host, and for scripts. */
class ReportsTest {
    private static final String REFUSED =
            "2026/11/28 17:07:20 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client:"
                    + " 192.0.2.1, server: shop.test, request: \"GET /<script>alert(1)</script> HTTP/1.1\", upstream:"
                    + " \"http://127.0.0.1:3000/\", host: \"shop.test\"\n";

    @TempDir
    Path folder;

    @Test
    void theTextNamesCauseBlameAndLine() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new TextReport(failed(), new PrintStream(out, true, StandardCharsets.UTF_8), false).print();
        String text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.startsWith("1 request failed at 127.0.0.1:3000"), text);
        assertTrue(text.contains("connect.refused") && text.contains("Blame: upstream"), text);
        assertTrue(text.contains("error.log:1"), text);
        assertFalse(text.contains("\u001b["), "no colours where none were asked for");
    }

    @Test
    void aPageHoldsWhatLogsSayAsTextOnly() throws Exception {
        String page = HtmlReport.of(failed());
        assertTrue(page.contains("connect.refused"), page);
        assertTrue(page.contains("&lt;script&gt;"), page);
        assertFalse(page.contains("<script>alert"), page);
    }

    @Test
    void exitCodesTellScriptsWhetherAnythingWasFound() throws Exception {
        Path bad = Files.writeString(folder.resolve("error.log"), REFUSED);
        Path good = Files.writeString(
                folder.resolve("access.log"),
                "192.0.2.1 - - [28/Nov/2026:17:07:20 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n");
        assertEquals(1, new CommandLine(new TriageCommand()).execute("--json", bad.toString()));
        assertEquals(0, new CommandLine(new TriageCommand()).execute("--json", good.toString()));
    }

    @Test
    void sarifHasRuleLevelPlaceAndMessage() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Flaw flaw = new Flaw(
                "alias.traversal",
                Flaw.Level.ERROR,
                Path.of("nginx.conf"),
                7,
                "reads above",
                "proof",
                "End it with a slash",
                Optional.empty());
        Sarif.write(List.of(flaw, flaw), "1.0", out);
        Map<String, String> sarif = Objects.requireNonNull(FlatJson.read(out.toString(StandardCharsets.UTF_8)));
        assertEquals("2.1.0", sarif.get("version"));
        assertEquals("alias.traversal", sarif.get("runs.0.tool.driver.rules.0.id"));
        assertFalse(sarif.containsKey("runs.0.tool.driver.rules.1.id"), "a rule is named once");
        for (String result : List.of("runs.0.results.0.", "runs.0.results.1.")) {
            assertEquals("alias.traversal", sarif.get(result + "ruleId"));
            assertEquals("error", sarif.get(result + "level"));
            assertEquals("reads above. End it with a slash.", sarif.get(result + "message.text"));
            String place = result + "locations.0.physicalLocation.";
            assertEquals("nginx.conf", sarif.get(place + "artifactLocation.uri"));
            assertEquals("7", sarif.get(place + "region.startLine"));
        }
    }

    private Triage.Result failed() throws Exception {
        Path log = Files.writeString(folder.resolve("error.log"), REFUSED);
        return Triage.run(List.of(log.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
    }
}
