package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.PlanReader;
import io.culprit.proof.harness.Oracle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan's script asks, as the script itself says; Gatling's is run by the module {@code gatling}. */
class ScriptExportTest {
    private static final String PLAN = """
            question: "How much? */ alert(1)"
            target: { url: "http://127.0.0.1:9/" }
            arrival: { shape: spike, rate: 20.5, peak: 100, at: 10s, for: 5s, duration: 30s }
            patience: 2500ms
            mix:
              - { path: "/a?x='\\"\\\\1", weight: 3 }
              - { path: /b, weight: 1, method: POST, body: 100, headers: { X-A: "b\\"c" } }
            thresholds: { success: 99.5%, p99: 500ms }
            """;

    /** Stands for k6: says what the script would do, and what 4,000 iterations ask. */
    private static final String HARNESS = """
            const asked = {};
            let last = {};
            const http = {
              expectedStatuses: range => range,
              request: (method, url, body, more) => {
                const key = method + ' ' + url;
                asked[key] = (asked[key] || 0) + 1;
                last[key] = { length: body === null ? 0 : body.length, ...more };
              },
            };
            %s
            for (let i = 0; i < 4000; i++) iteration();
            console.log(JSON.stringify({ options, asked, last }));
            """;

    @TempDir
    private Path folder;

    private static Plan plan(String text) throws IOException {
        return PlanReader.parse(text, "plan");
    }

    private JsonNode run(String script) throws IOException, InterruptedException {
        String node = Oracle.program("node", "nodejs");
        Path file = folder.resolve("script.mjs");
        Files.writeString(
                file,
                HARNESS.formatted(script.replace("import http from 'k6/http';", "")
                        .replace("export default function ()", "function iteration()")
                        .replace("export const", "const")));
        Process process = new ProcessBuilder(node, file.toString())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text + script);
        return new ObjectMapper().readTree(text);
    }

    @Test
    void theScriptOfK6SendsThePlansLoad() throws Exception {
        JsonNode said = run(ScriptExport.of(plan(PLAN), ScriptExport.Tool.K6));
        JsonNode load = said.at("/options/scenarios/plan");
        assertEquals("ramping-arrival-rate", load.get("executor").asText(), "an open model");
        assertEquals("1000s", load.get("timeUnit").asText());
        assertEquals(20_500, load.get("startRate").asInt());
        assertEquals(250, load.get("maxVUs").asInt(), "100 a second for 2.5 s each");
        StringBuilder stages = new StringBuilder();
        load.get("stages")
                .forEach(each -> stages.append(each.get("target").asInt())
                        .append('@')
                        .append(each.get("duration").asText())
                        .append(' '));
        assertEquals("20500@10s 100000@0s 100000@5s 20500@0s 20500@15s ", stages.toString());
        assertEquals(
                "rate<=0.005", said.at("/options/thresholds/http_req_failed/0").asText());

        JsonNode asked = said.get("asked");
        assertEquals(2, asked.size(), asked::toString);
        String first = "GET http://127.0.0.1:9/a?x='\"\\1";
        assertEquals(3000, asked.get(first).asInt(), 200, asked::toString);
        JsonNode post = said.get("last").get("POST http://127.0.0.1:9/b");
        assertEquals(100, post.get("length").asInt());
        assertEquals("b\"c", post.at("/headers/X-A").asText());
        assertEquals("2.5s", post.get("timeout").asText());
        assertEquals(0, post.get("redirects").asInt());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ shape: constant, rate: 5, duration: 10s } | 5000@10s ",
                "{ shape: poisson, rate: 0.5, duration: 1m } | 500@60s ",
                "{ shape: ramp, rate: 10, peak: 60, duration: 10s } | 60000@10s ",
                "{ shape: spike, rate: 10, peak: 60, at: 0s, for: 10s, duration: 10s } | 60000@10s ",
            })
    void shapesBecomeStages(String arrival, String stages) throws Exception {
        JsonNode said = run(ScriptExport.of(
                plan("target: { url: \"http://127.0.0.1:9/\" }\narrival: " + arrival + "\n"), ScriptExport.Tool.K6));
        StringBuilder all = new StringBuilder();
        said.at("/options/scenarios/plan/stages")
                .forEach(each -> all.append(each.get("target").asInt())
                        .append('@')
                        .append(each.get("duration").asText())
                        .append(' '));
        assertEquals(stages.strip(), all.toString().strip());
    }

    @Test
    void whatAScriptCannotSayIsRefused() throws Exception {
        Plan cells =
                plan("arrival: { rate: 5, duration: 10s }\nupstream: { workers: 2, latency: { p50: 5ms, max: 1s } }\n");
        String text = assertThrows(IOException.class, () -> ScriptExport.of(cells, ScriptExport.Tool.K6))
                .getMessage();
        assertTrue(text.startsWith("a script needs a target"), text);
    }
}
