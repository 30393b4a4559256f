package io.culprit.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioFileTest {
    @TempDir
    Path directory;

    private List<Rule> read(String text) throws IOException {
        return ScenarioFile.read(Files.writeString(directory.resolve("s.yaml"), text));
    }

    private String problems(String text) {
        return assertThrows(IOException.class, () -> read(text)).getMessage().replace(directory + "/", "");
    }

    @Test
    void rulesAreReadInOrder() throws IOException {
        assertEquals(
                List.of(
                        new Rule("flaky", "/api/", 0.2, Map.of("fault", "reset", "at", "head")),
                        new Rule("rule-2", "/", 1, Map.of("delay", "100ms"))),
                read(
                        "rules:\n  - { name: flaky, path: /api/, share: 20%, fault: reset, at: head }\n  - { delay: 100ms }\n"));
    }

    @Test
    void everyProblemHasItsPlace() {
        assertEquals(
                "s.yaml:2:12: there is no fault \"rset\"; culprit sim --help lists them\n"
                        + "s.yaml:3:12: \"share\" is \"200%\"; a percentage was expected, such as 20%",
                problems("rules:\n  - fault: rset\n    share: 200%\n"));
        assertEquals("s.yaml:1:8: unknown key \"rulez\"; \"rules\" was expected", problems("rulez: [ {} ]\n"));
        assertEquals("s.yaml: the file is empty", problems(""));
        assertEquals(true, problems("rules: [").startsWith("s.yaml:1:9: not valid YAML"));
    }
}
