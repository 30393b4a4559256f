package io.culprit.bench.rehearse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Tag("alone")
class RehearsalTest {
    private static final Path SCENARIOS = Path.of("../conf/scenarios");

    @TempDir
    Path directory;

    private static List<Path> shipped() throws IOException {
        try (Stream<Path> all = Files.list(SCENARIOS)) {
            return all.sorted().toList();
        }
    }

    /** They mostly wait, so several are played at a time. */
    @Test
    void everyShippedScenarioComesOutAsItSays() throws Exception {
        Path sockets = Files.createTempDirectory("c");
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            SocketPlaces places = new SocketPlaces(sockets);
            Map<String, Future<Outcome>> running = new LinkedHashMap<>();
            for (Path each : shipped()) {
                for (Rehearsal play : RehearsalReader.read(each, places)) {
                    Path folder = Files.createDirectory(sockets.resolve("p" + running.size()));
                    running.put(
                            play.name(),
                            threads.submit(() -> new Play(play, line -> {}).play(folder, Optional.empty())));
                }
            }
            List<String> differences = new ArrayList<>();
            for (Map.Entry<String, Future<Outcome>> each : running.entrySet()) {
                each.getValue().get().differences().forEach(d -> differences.add(each.getKey() + ": " + d));
            }
            assertEquals("", String.join("\n", differences));
            assertTrue(running.size() >= 30, running.size() + " plays");
        } finally {
            threads.shutdownNow();
            PlayEnvironment.delete(sockets);
        }
    }

    /** Root has to give up the right to pass over permissions first. */
    @Test
    void permissionsKeepTheGatewayOut() throws Exception {
        List<String> command = new ArrayList<>();
        if (Privileges.openEverything(directory)) {
            command.addAll(List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.culprit.bench.Main",
                "rehearse",
                SCENARIOS.resolve("permission-denied.yaml").toString()));
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(60, java.util.concurrent.TimeUnit.SECONDS));
        String said = Files.readString(out);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("3 x 502 connect.socket-denied"), said);
        assertTrue(said.contains("set listen.owner, listen.group or listen.mode in the pool"), said);
    }

    private record Run(int exit, String out, String err) {}

    private static synchronized Run run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            int exit = new CommandLine(new RehearseCommand()).execute(args);
            return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }

    private String scenario(String text) throws IOException {
        return Files.writeString(directory.resolve("s.yaml"), text).toString();
    }

    @Test
    void aDifferenceIsNamedAndExitsWithOne() throws IOException {
        String file = scenario("""
                describe: <b>wrong on purpose</b>
                fpm: { pools: { www: { max_children: 1 } } }
                timeline: [ { at: 0s, send: 2, path: / } ]
                expect: { answers: { "200": 1, "502 head.reset": 1 }, figures: { oom_kills: 1.. }, log: { nonsense: 1 } }
                """);
        Path report = directory.resolve("out.html");
        Run run = run(file, "--report", report.toString());
        assertEquals(1, run.exit(), run.out() + run.err());
        assertTrue(run.out().contains("answer 200: 2, expected 1"), run.out());
        assertTrue(run.out().contains("answer 502 head.reset: 0, expected 1"), run.out());
        assertTrue(run.out().contains("figure oom_kills: 0, expected 1.."), run.out());
        assertTrue(run.out().contains("log line nonsense: 0, expected 1"), run.out());
        String page = Files.readString(report);
        assertTrue(page.contains("&lt;b&gt;wrong on purpose"), page);
        assertTrue(page.contains("did not come out as expected"), page);
    }

    @Test
    void aFineRunExitsWithZeroAndSpeaksJson() throws IOException {
        String file = scenario("""
                fpm: { pools: { www: { max_children: 2 } } }
                timeline: [ { at: 0s, send: 2, path: / } ]
                expect: { answers: { "200": 2 } }
                """);
        Run run = run(file, "--json");
        assertEquals(0, run.exit(), run.out() + run.err());
        assertTrue(run.out().startsWith("[{\"play\":\"s\"") && run.out().contains("\"as_expected\":true"), run.out());
    }

    @Test
    void everyScenarioHasOneLineInTheList() throws IOException {
        Run run = run("--list", "--scenarios", SCENARIOS.toString());
        assertEquals(0, run.exit());
        for (Path each : shipped()) {
            String name = each.getFileName().toString().replace(".yaml", "");
            assertTrue(run.out().lines().anyMatch(l -> l.startsWith(name)), name + " is missing in\n" + run.out());
        }
    }

    @Test
    void badFilesAreNamedWithLineAndColumn() throws IOException {
        IOException e = assertThrows(
                IOException.class, () -> RehearsalReader.read(Path.of(scenario("""
                        fpm: { pools: { www: { max_children: 2 } } }
                        timeline:
                          - { at: soon, send: 0 }
                          - { at: 1s }
                          - { at: 1s, signal: explode }
                          - { at: 1s, kill: lazy }
                        expect: { answers: { "200": many }, figures: { kills: 1 } }
                        tmeline: []
                        """)), (pool, tcp) -> "/x"));
        assertEquals("""
                s.yaml:7:29: "expect.answers.200": "many": a count was expected, such as 5, 3..7 or 1..
                s.yaml:7:55: there is no figure "kills"; known are [accepted_conn, max_active, max_children_reached, oom_kills, slow_requests, total_processes]
                s.yaml:3:11: "timeline[0].at": "soon": a duration was expected, such as 500ms or 2s
                s.yaml:3:23: "timeline[0].send": "0": a whole number from 1 to 100000 was expected
                s.yaml:4:11: an entry of the timeline has one of: send, signal, kill, start, scripts, chmod
                s.yaml:5:23: "timeline[2].signal": "explode": a signal was expected, such as reload, quit, term, kill or SIGSEGV
                s.yaml:6:21: "timeline[3].kill": "lazy": busy, idle or all was expected
                s.yaml:8:1: unknown key "tmeline"; did you mean "timeline"?""", e.getMessage().replace(directory + "/", ""));
        Run settings = run(scenario("""
                fpm: { pools: { www: { max_children: 2 } } }
                gateway: { timeouts: { raed: 2s } }
                timeline: [ { at: 0s, send: 2, path: / } ]
                expect: { answers: { "200": 2 } }
                """));
        assertEquals(2, settings.exit());
        assertTrue(
                settings.err().contains("s.yaml:2:10: unknown key \"gateway.timeouts.raed\"; did you mean \"read\"?"),
                settings.err());
        assertTrue(run(directory.toString()).err().contains(directory + ": cannot be read"));
        Run run = run(directory.resolve("none.yaml").toString());
        assertEquals(2, run.exit());
        assertTrue(run.err().contains("none.yaml: no such file"), run.err());
        assertEquals(2, run().exit());
    }
}
