package io.culprit.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.read.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Configuration files and, behind {@code ---expected---}, exactly the problems they have. */
class GoldenConfigTest {
    @TempDir
    Path directory;

    static List<Path> golden() throws IOException {
        try (var files = Files.list(Path.of("src/test/resources/io/culprit/config/golden"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void problemsAreExactlyThose(Path document) throws IOException {
        String[] part = Files.readString(document).split("---expected---\n", 2);
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, part[0]);
        assertEquals(part[1].strip(), problems(file));
    }

    private String problems(Path file) {
        try {
            List<Problem> warnings =
                    ConfigLoader.load(file, Map.of("PORT", "8080")).warnings();
            return warnings.isEmpty() ? "no problems" : shown(warnings);
        } catch (ConfigException e) {
            return shown(e.problems());
        }
    }

    private String shown(List<Problem> problems) {
        return problems.stream()
                .map(p -> p.toString().replace(directory + "/", ""))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void shippedFilesHaveNoProblems() throws Exception {
        ConfigLoader.load(Path.of("../conf/culprit.yaml"), Map.of());
        ConfigLoader.load(Path.of("../conf/demo.yaml"), Map.of());
    }

    /** What run would fail on, check finds: on this machine, as it is now. */
    @Test
    void whatThisMachineDoesNotHaveIsAWarningWithItsPlace() throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, """
                listen: [ { address: "203.0.113.9:8080" } ]
                limits: { connections: 9000000 }
                access_log: { path: "%s" }
                upstreams: { app: { servers: [ "127.0.0.1:9000" ] } }
                routes:
                  - { match: { path: /x/ }, upstream: app }
                  - { match: { prefix: /x/ }, upstream: app }
                """.formatted(directory));
        String problems = problems(file);
        assertTrue(
                problems.contains(
                        "c.yaml:1:22: warning: \"listen[0].address\": 203.0.113.9 is no address of this machine"),
                problems);
        Matcher most = Pattern.compile("(?m)^Max open files\\s+(\\d+)")
                .matcher(Files.readString(Path.of("/proc/self/limits")));
        boolean binds = most.find() && Long.parseLong(most.group(1)) < 9_000_000;
        assertEquals(
                binds,
                problems.contains("c.yaml:2:24: warning: \"limits.connections\" is 9000000, and a process may open "),
                problems);
        assertTrue(problems.contains("is a folder, a file is wanted"), problems);
        assertTrue(problems.contains("c.yaml:7:14: warning: route \"^/x/\" is never reached"), problems);
    }

    @Test
    void tenMegabytesAreRefusedUnread() throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.write(file, new byte[10 << 20]);
        assertTimeout(
                Duration.ofSeconds(2),
                () -> assertEquals(
                        "c.yaml: the file has 10485760 bytes, a configuration file may have 1048576", problems(file)));
    }

    @Test
    void binaryFilesAreNamedWithTheirFirstBadByte() throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe});
        assertEquals("c.yaml: byte 0xff at offset 3 is not UTF-8", problems(file));
    }

    @Test
    void anAliasBombEndsQuickly() throws IOException {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
        }
        bomb.append("listen: *a29\nupstreams: *a29\nroutes: *a29\n");
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, bomb);
        assertTimeout(Duration.ofSeconds(5), () -> assertTrue(problems(file).contains("c.yaml:")));
    }

    @Test
    void deepNestingEndsQuickly() throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, "a: " + "[".repeat(200_000));
        assertTimeout(Duration.ofSeconds(5), () -> assertTrue(problems(file).contains("c.yaml")));
    }

    @Test
    void includedFilesAreMergedAndNamed() throws Exception {
        Files.writeString(directory.resolve("c.yaml"), """
                listen: [ { address: "127.0.0.1:0" } ]
                include: "conf.d/*.yaml"
                """);
        Files.createDirectory(directory.resolve("conf.d"));
        Files.writeString(directory.resolve("conf.d/a.yaml"), """
                upstreams: { app: { servers: [ "127.0.0.1:9000" ] } }
                routes: [ { match: { path: / }, upstream: app } ]
                """);
        assertEquals("no problems", problems(directory.resolve("c.yaml")));
        Files.writeString(directory.resolve("conf.d/b.yaml"), "routes: [ { match: { path: /b }, upstream: ap } ]\n");
        assertEquals(
                "conf.d/b.yaml:1:44: there is no upstream \"ap\"; did you mean \"app\"?",
                problems(directory.resolve("c.yaml")));
    }

    @Test
    void readSetsHeadAndBodyUnlessTheyAreNamed() throws Exception {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, """
                listen: [ { address: "127.0.0.1:0" } ]
                upstreams: { app: { servers: [ "127.0.0.1:9000" ], timeouts: { read: 5s, body: 1m } } }
                routes: [ { upstream: app } ]
                """);
        var timeouts = ConfigLoader.load(file, Map.of()).upstreams().get("app").timeouts();
        assertEquals(Duration.ofSeconds(5), timeouts.head());
        assertEquals(Duration.ofMinutes(1), timeouts.body());
    }

    /** What run would fail on for want of a port, check finds without opening one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                                      | 127.0.0.1:1 | \"listen\" is empty: no client could connect",
                "[ { address: '127.0.0.1:18990' } ]                      | 127.0.0.1:18990 | both want port 18990 of 127.0.0.1",
                "[ { address: '127.0.0.1:18990' }, { address: '0.0.0.0:18990' } ] | 127.0.0.1:1 | one takes the other's port",
                "[ { address: '0.0.0.0:18990' }, { address: '[::]:18990' } ] | 127.0.0.1:1 | one takes the other's port",
                "[ { address: '0.0.0.0:18990' }, { address: '[::1]:18990' } ] | 127.0.0.1:1 | no problems",
                "[ { address: '127.0.0.1:0' }, { address: '0.0.0.0:0' } ] | 127.0.0.1:1 | no problems"
            })
    void addressesThatCannotGoTogetherAreNamed(String listen, String admin, String told) throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, """
                listen: %s
                admin: { address: "%s" }
                upstreams: { app: { servers: [ "127.0.0.1:9000" ] } }
                routes: [ { upstream: app } ]
                """.formatted(listen, admin));
        assertTrue(problems(file).contains(told), problems(file));
    }

    @Test
    void aFolderIsNoFileToInclude() throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, "listen: [ { address: \"127.0.0.1:1\" } ]\ninclude: [ \"/\" ]\n");
        assertTrue(problems(file).contains("c.yaml:2:10: \"/\" is a folder; files were expected"), problems(file));
    }
}
