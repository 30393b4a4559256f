package io.culprit.sim.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.PoolConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioFileTest {
    @TempDir
    Path directory;

    private ScenarioFile read(String text) throws IOException {
        return ScenarioFile.read(
                Files.writeString(directory.resolve("s.yaml"), text),
                (pool, tcp) -> tcp ? "127.0.0.1:0" : "/run/" + pool);
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
                read("""
                        rules:
                          - { name: flaky, path: /api/, share: 20%, fault: reset, at: head }
                          - { delay: 100ms }
                        """).rules());
    }

    @Test
    void poolsAreReadWithFpmsDefaults() throws IOException {
        MasterConfig fpm = read("""
                fpm:
                  process_control_timeout: 10s
                  pools:
                    www: { pm: dynamic, max_children: 12, min_spare_servers: 5, max_spare_servers: 6, start_servers: 5 }
                    api: { listen: tcp, backlog: 4, memory: { total: 1G } }
                scripts:
                  /slow.php: [ sleep: 1.5s, out: 10k ]
                """).fpm().orElseThrow();
        assertEquals(Duration.ofSeconds(10), fpm.processControlTimeout());
        PoolConfig www = fpm.pools().get(0);
        assertEquals("/run/www", www.listen());
        assertEquals(PoolConfig.Pm.DYNAMIC, www.pm());
        assertEquals(4096, www.backlog());
        PoolConfig api = fpm.pools().get(1);
        assertEquals("127.0.0.1:0", api.listen());
        assertEquals(1L << 30, api.memory().total());
    }

    @Test
    void everyProblemHasItsPlace() {
        assertEquals(
                "s.yaml:2:12: there is no fault \"rset\"; culprit sim --help lists them\n"
                        + "s.yaml:3:12: \"rules[0].share\": \"200%\": a percentage was expected, such as 20%",
                problems("rules:\n  - fault: rset\n    share: 200%\n"));
        assertEquals("s.yaml:1:1: unknown key \"rulez\"; did you mean \"rules\"?", problems("rulez: [ {} ]\n"));
        assertEquals("s.yaml: the file is empty", problems(""));
        assertEquals(true, problems("rules: [").startsWith("s.yaml:1:9: not valid YAML"));
    }

    @Test
    void problemsOfPoolsAndScriptsAreFoundInOneRun() {
        assertEquals(
                """
                s.yaml:2:28: "fpm.process_control_timeout": "10": a duration was expected, such as 500ms or 2s
                s.yaml:4:16: "fpm.pools.www.pm": "fixed": one of static, dynamic, ondemand was expected
                s.yaml:4:37: "fpm.pools.www.max_children": "0": a whole number from 1 to 10000 was expected
                s.yaml:5:40: start_servers(9) must not be less than min_spare_servers(1) and not greater than max_spare_servers(3)
                s.yaml:6:40: "fpm.pools.slow.request_terminate_timeout" must be whole seconds, as FPM counts them
                s.yaml:6:48: unknown key "fpm.pools.slow.childs"; EXPECTED
                s.yaml:8:20: "scripts./a.php[0].sleep": "long": a duration was expected, such as 500ms or 2s
                s.yaml:9:19: "scripts./b.php[0].slep": there is no step "slep"; KNOWN""",
                problems("""
                        fpm:
                          process_control_timeout: 10
                          pools:
                            www: { pm: fixed, max_children: 0 }
                            dyn: { pm: dynamic, start_servers: 9 }
                            slow: { request_terminate_timeout: 1500ms, childs: 3 }
                        scripts:
                          /a.php: [ sleep: long ]
                          /b.php: [ slep: 1s ]
                        """)
                        .replaceAll("childs\"; .* expected", "childs\"; EXPECTED")
                        .replaceAll("known are .*", "KNOWN"));
    }
}
