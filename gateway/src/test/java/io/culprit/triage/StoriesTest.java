package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.chain.Link;
import io.culprit.triage.explain.Table;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whole incidents, made with the real programs: the verdict is what was done to them. */
class StoriesTest {
    @TestFactory
    Stream<DynamicTest> theCulpritOfEachStoryIsNamed() {
        return Table.rows(StoriesTest.class, "stories.tsv").stream()
                .map(row -> DynamicTest.dynamicTest(row[0], () -> {
                    Triage.Result result = run(row[0]);
                    Link link = new Verdict(result)
                            .link()
                            .orElseThrow(() -> new AssertionError(new Verdict(result).sentence()));
                    assertEquals(
                            row[3],
                            link.effects().stream().map(Diagnosis::id).sorted().collect(Collectors.joining(",")));
                    assertEquals(
                            row[4], link.roots().stream().map(Diagnosis::id).collect(Collectors.joining(",")));
                    assertEquals(Long.parseLong(row[1]), link.requests());
                    assertEquals(row[2], link.blame().id());
                    assertEquals(List.of(), result.problems());
                    assertTrue(link.proof().size() >= 1, "a verdict without a line that proves it");
                    assertTrue(!link.fix().advice().isEmpty(), "a verdict without advice");
                }));
    }

    @Test
    void everyStoryOfTheFolderIsTold() throws Exception {
        Path folder = Path.of(StoriesTest.class.getResource("stories").toURI());
        try (Stream<Path> stories = java.nio.file.Files.list(folder)) {
            assertEquals(
                    stories.map(p -> p.getFileName().toString()).collect(Collectors.toSet()),
                    Table.rows(StoriesTest.class, "stories.tsv").stream()
                            .map(row -> row[0])
                            .collect(Collectors.toSet()));
        }
    }

    /** Without the other logs the weaker name stays: nothing is put down to memory without the kernel's line. */
    @Test
    void aKillWithoutTheKernelsLineIsOnlyAKill() throws Exception {
        Path story = story("oom-kill");
        Triage.Result result = run(
                story.resolve("access.log").toString(),
                story.resolve("error.log").toString(),
                story.resolve("php-fpm.log").toString());
        Link link = new Verdict(result).link().orElseThrow();
        assertEquals("worker.killed", link.root().id());
        assertTrue(link.notProven().contains("suspicion"), link.notProven());
    }

    @Test
    void anAccessLogAloneNamesWhatItCan() throws Exception {
        Triage.Result result = run(story("deploy-restart").resolve("access.log").toString());
        String sentence = new Verdict(result).sentence();
        assertTrue(sentence.startsWith("31 requests (502) failed"), sentence);
        assertTrue(sentence.contains("connect.refused or connect.unreachable or connect.denied"), sentence);
    }

    @Test
    void aFilterLeavesTheRestOut() throws Exception {
        Filter filter = new Filter(Long.MIN_VALUE, Long.MAX_VALUE, "", "/sale/");
        Triage.Result result = Triage.run(
                List.of(story("max-children-eagain").toString()), List.of(), Optional.empty(), filter, Progress.NONE);
        assertEquals(406, result.tally().failed());
    }

    private static Triage.Result run(String... names) throws Exception {
        List<String> arguments = names.length == 1 && !names[0].contains("/")
                ? List.of(story(names[0]).toString())
                : Arrays.asList(names);
        return Triage.run(arguments, List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
    }

    private static Path story(String name) throws Exception {
        return Path.of(StoriesTest.class.getResource("stories/" + name).toURI());
    }

    /** Whatever its members are called: nginx.conf beside the log says what they are. */
    @Test
    void aLogOfJsonIsReadByTheConfigurationBesideIt(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("nginx.conf"), """
                events {}
                http { log_format js escape=json '{"t":"$time_iso8601","cl":"$remote_addr","m":"$request_method","u":"$request_uri",'
                    '"st":$status,"us":"$upstream_status","ua":"$upstream_addr","urt":"$upstream_response_time","rt":$request_time}'; }
                """);
        Files.writeString(folder.resolve("a.log"), """
                {"t":"2026-11-27T10:00:01+00:00","cl":"1.2.3.4","m":"GET","u":"/x","st":504,"us":"504","ua":"10.0.0.1:80","urt":"60.000","rt":60.001}
                """.repeat(3));
        Triage.Result result =
                Triage.run(List.of(folder.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
        assertEquals(List.of(), result.problems());
        String verdict = new Verdict(result).sentence();
        assertTrue(verdict.startsWith("3 requests (504) failed at 10.0.0.1:80"), verdict);
    }
}
