package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culprit.bench.load.plan.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Several generators' results are those of one that had sent all of it. */
class MergeTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path folder;

    private Path generator(String name, int requests, long latencyMillis, int failed) throws IOException {
        CellStore store = new CellStore(folder.resolve(name), "plan", false);
        Cell cell = new Cell(Settings.ANY, false);
        for (int i = 0; i < requests; i++) {
            long due = i * 10 * SECOND / requests;
            cell.sent(due, due);
            cell.ended(i < failed ? "status 503" : Cell.GOOD, due, due, due + latencyMillis * 1_000_000);
        }
        store.save(cell);
        try (var files = Files.list(store.directory())) {
            return files.filter(f -> f.toString().endsWith(".hlog")).findFirst().orElseThrow();
        }
    }

    private static String run(int exit, List<String> arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream to = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(to);
            System.setErr(to);
            assertEquals(
                    exit,
                    new CommandLine(new MergeCommand()).execute(arguments.toArray(String[]::new)),
                    bytes::toString);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void countsAddUpAndPercentilesAreOfAll() throws IOException {
        Path one = generator("a", 9_000, 100, 0);
        Path other = generator("b", 1_000, 900, 100);
        JsonNode cell = new ObjectMapper()
                .readTree(run(0, List.of(one.toString(), other.toString(), "--json")))
                .at("/cells/0");
        assertEquals(10_000, cell.get("requests").asLong());
        assertEquals(9_900, cell.at("/outcomes/ok").asLong());
        assertEquals(100, cell.at("/outcomes/status 503").asLong());
        assertEquals(0.99, cell.get("success").asDouble(), 1e-9);
        assertEquals(100, cell.at("/latency_ms/p50").asDouble(), 1);
        assertEquals(900, cell.at("/latency_ms/p99").asDouble(), 5, "the mean of both p99 would be 500");
    }

    @Test
    void whatIsMissingOrBrokenIsNamed() throws IOException {
        Path one = generator("a", 100, 100, 0);
        Path none = folder.resolve("none.hlog");
        assertTrue(run(2, List.of(one.toString(), none.toString())).contains(none + ": no such file"));
        assertTrue(run(2, List.of(one.toString(), one.toString())).contains("named twice"));
        Path strange = generator("c", 50, 100, 0);
        Files.write(strange, new byte[0]);
        assertTrue(run(2, List.of(strange.toString())).contains("has 0 requests that succeeded, "));
        Path json = Path.of(one.toString().replace(".hlog", ".json"));
        Files.writeString(json, "{ \"requests\": 100, ");
        String text = run(2, List.of(one.toString()));
        assertTrue(text.contains(json.toString()) && text.contains("line: 1"), text);
        Files.delete(json);
        assertTrue(run(2, List.of(one.toString())).contains(json + ": no such file"));
    }
}
