package io.culprit.triage.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culprit.triage.Triage;
import io.culprit.triage.Verdict;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import io.culprit.triage.report.JsonReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** On several executors the findings are those of {@code culprit triage} on the same files. */
class TriageJobTest {
    private static final Path STORIES = Path.of("../gateway/src/test/resources/io/culprit/triage/stories");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern DASHBOARD = Pattern.compile("dashboard on (http://\\S+/)#");

    @TempDir
    private static Path scratch;

    @TempDir
    private Path folder;

    private static SparkSession session;

    @BeforeAll
    static void start() throws Exception {
        session = Cluster.start(scratch);
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** What the job printed; the session outlives it, since it is the one that {@code getOrCreate} gets. */
    private static String run(int exit, String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream to = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(to);
            System.setErr(to);
            assertEquals(exit, new CommandLine(new TriageJob(session)).execute(arguments), bytes::toString);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Triage.Result triage(Path... paths) throws Exception {
        return Triage.run(
                Stream.of(paths).map(Path::toString).toList(), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
    }

    private static JsonNode report(Triage.Result result) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JsonReport.write(result, bytes);
        return JSON.readTree(bytes.toByteArray());
    }

    @Test
    void eachStoryIsToldAsOnOneMachine() throws Exception {
        Path out = folder.resolve("out");
        run(0, STORIES.toString(), "--out", out.toString(), "--window", "none");

        Map<String, Row> verdicts = new HashMap<>();
        for (Row row : session.read().parquet(out + "/verdicts").collectAsList()) {
            verdicts.put(Path.of(row.<String>getAs("instance")).getFileName().toString(), row);
        }
        List<Path> stories;
        try (Stream<Path> all = Files.list(STORIES)) {
            stories = all.sorted().toList();
        }
        assertEquals(stories.size(), verdicts.size());
        for (Path story : stories) {
            Triage.Result alone = triage(logs(story));
            Row row = verdicts.get(story.getFileName().toString());
            assertEquals(new Verdict(alone).sentence(), row.<String>getAs("verdict"), story.toString());
            assertEquals(new Verdict(alone).blame().id(), row.<String>getAs("blame"), story.toString());
            assertEquals(alone.tally().lines(), row.<Long>getAs("lines"), story.toString());
        }
        assertTrue(session.read().parquet(out + "/links").count() >= stories.size());
    }

    private static Path[] logs(Path story) throws Exception {
        try (Stream<Path> all = Files.list(story)) {
            return all.filter(f -> io.culprit.triage.read.LogFiles.isLog(
                            f.getFileName().toString()))
                    .sorted()
                    .toArray(Path[]::new);
        }
    }

    /** 40 MB in six parts and a packed one: parts, line numbers, requests with two lines, all the same. */
    @Test
    void partsOfFilesMakeTheSameReport() throws Exception {
        Path logs = Files.createDirectory(folder.resolve("web-1"));
        Lines.errorLog(logs.resolve("error.log"), 150_000);
        Lines.accessLog(logs.resolve("access.log"), 100_000);
        Lines.packed(logs.resolve("access.log"), logs.resolve("access.log.1.gz"));
        Path out = folder.resolve("out");
        String text = run(0, logs.toString(), "--out", out.toString(), "--by", "^", "--window", "none");

        JsonNode alone = report(triage(logs));
        JsonNode lake = JSON.readTree(Files.readAllBytes(out.resolve("report.json")));
        assertEquals(named(alone, logs), named(lake, logs));
        assertTrue(text.contains(alone.get("verdict").asText()), text);
    }

    /** Files have a scheme in the lake: {@code file:/tmp/...}. */
    private static JsonNode named(JsonNode report, Path logs) throws Exception {
        String text = JSON.writeValueAsString(report).replace("file:" + logs.toAbsolutePath(), logs.toString());
        ObjectNode tree = (ObjectNode) JSON.readTree(text);
        assertTrue(tree.get("causes").size() >= 3, text);
        return tree;
    }

    /** As the command has it: a format that is nobody's but this nginx's is in its configuration. */
    @Test
    void formatsOfConfigurationsInTheLakeAreKnown() throws Exception {
        Path logs = Files.createDirectory(folder.resolve("web-1"));
        Files.writeString(logs.resolve("nginx.conf"), """
                events {}
                http {
                  include mime.types;
                  log_format odd '$status|$time_iso8601|$host|"$request"|$upstream_status';
                  log_format none '$request_time';
                  access_log /var/log/nginx/access.log odd;
                }
                """);
        Files.writeString(logs.resolve("access.log"), """
                502|2026-11-27T10:00:00+00:00|a.example|"GET /x HTTP/1.1"|502
                502|2026-11-27T10:00:01+00:00|a.example|"GET /x HTTP/1.1"|502
                200|2026-11-27T10:00:02+00:00|a.example|"GET /y HTTP/1.1"|200
                """);
        Path out = folder.resolve("out");
        String text = run(0, logs.toString(), "--out", out.toString(), "--by", "^", "--window", "none");

        JsonNode alone = report(triage(logs));
        JsonNode lake = JSON.readTree(Files.readAllBytes(out.resolve("report.json")));
        assertEquals(3, lake.findValue("requests_5xx").asLong() + 1, lake.toString());
        assertEquals(0, lake.findValue("unknown_lines").asLong(), lake.toString());
        String causes = lake.get("causes").toString().replace("file:" + logs.toAbsolutePath(), logs.toString());
        assertEquals(alone.get("causes").toString(), causes);
        assertEquals(alone.get("verdict"), lake.get("verdict"));
        assertTrue(text.contains("nginx.conf:5: log format: there is no $status"), text);
    }

    @Test
    void windowsAreJudgedByThemselves() throws Exception {
        Path logs = Files.createDirectory(folder.resolve("web-1"));
        Lines.errorLog(logs.resolve("error.log"), 150_000);
        Path out = folder.resolve("out");
        run(0, logs.toString(), "--out", out.toString(), "--by", "(web-\\d)", "--window", "hour");

        Triage.Result alone = triage(logs);
        List<Row> verdicts =
                session.read().parquet(out + "/verdicts").orderBy("window").collectAsList();
        assertEquals(Lines.HOURS, verdicts.size());
        assertEquals("web-1", verdicts.get(0).<String>getAs("instance"));
        assertEquals("2026-11-26T22:00", verdicts.get(0).<String>getAs("window"));
        long lines = verdicts.stream().mapToLong(r -> r.<Long>getAs("lines")).sum();
        assertEquals(alone.tally().lines(), lines);

        Map<String, Long> byDay = new HashMap<>();
        session.read()
                .parquet(out + "/counts")
                .groupBy("day")
                .sum("requests")
                .collectAsList()
                .forEach(r -> byDay.put(String.valueOf(r.get(0)), r.getLong(1)));
        assertEquals(2, byDay.size(), byDay::toString);
        long failed =
                alone.evidence().failed().stream().mapToLong(f -> f.requests()).sum();
        assertEquals(failed, byDay.values().stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void daysGoIntoAJournal() throws Exception {
        Path logs = Files.createDirectory(folder.resolve("web-1"));
        Lines.errorLog(logs.resolve("error.log"), 20_000);
        Path out = folder.resolve("out");
        run(0, logs.toString(), "--out", out.toString(), "--by", "(web-\\d)");
        String url = "jdbc:h2:" + folder.resolve("journal");
        String text = run(0, "--tables", out.toString(), "--into", url, "--days", "2026-11-27..");
        assertTrue(text.contains("counts are in the journal"), text);
        try (var connection = DriverManager.getConnection(url, "sa", "");
                var statement = connection.createStatement()) {
            long inTables = session.read()
                    .parquet(out + "/counts")
                    .where("day >= '2026-11-27'")
                    .agg(org.apache.spark.sql.functions.sum("requests"))
                    .first()
                    .getLong(0);
            assertTrue(inTables > 0);
            try (ResultSet rows = statement.executeQuery("SELECT SUM(n) FROM counts")) {
                rows.next();
                assertEquals(inTables, rows.getLong(1));
            }
        }
    }

    /** Logs of long ago, as the dashboard showed them when they ended. */
    @Test
    void theDashboardOpensTables() throws Exception {
        Path logs = Files.createDirectory(folder.resolve("web-1"));
        Lines.errorLog(logs.resolve("error.log"), 20_000);
        Path out = folder.resolve("out");
        run(0, logs.toString(), "--out", out.toString(), "--by", "(web-\\d)");
        long inTables = session.read()
                .parquet(out + "/counts")
                .where("cause <> 'ok'")
                .agg(org.apache.spark.sql.functions.sum("requests"))
                .first()
                .getLong(0);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Thread job = new Thread(() -> new CommandLine(new TriageJob(session))
                .execute("--tables", out.toString(), "--dashboard", "--listen", "127.0.0.1:" + port));
        try (PrintStream to = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setErr(to);
            job.start();
            Matcher url = DASHBOARD.matcher("");
            while (!url.find() && job.isAlive()) {
                Thread.onSpinWait();
                url = DASHBOARD.matcher(said.toString(StandardCharsets.UTF_8));
            }
            assertTrue(url.reset().find(), said::toString);
            URI fleet = URI.create(url.group(1) + "api/fleet?minutes=525600");
            JsonNode answer = JSON.readTree(HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(fleet).build(), HttpResponse.BodyHandlers.ofByteArray())
                    .body());
            long shown = 0;
            for (JsonNode cause : answer.get("causes")) {
                shown += cause.get("count").asLong();
            }
            assertEquals(inTables, shown, answer.toString());
            assertEquals("web-1", answer.get("instances").get(0).get("name").asText());
            assertTrue(answer.get("as_of").asText().startsWith("2026-11-2"), answer.toString());
        } finally {
            System.setErr(err);
            job.interrupt();
            job.join();
        }
    }

    @Test
    void aHealthyLakeGoesIntoAJournalToo() throws Exception {
        Path logs = Files.createDirectory(folder.resolve("web-1"));
        Files.writeString(logs.resolve("access.log"), """
                10.0.0.1 - - [27/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 157 "-" "curl/7.88.1"
                10.0.0.1 - - [27/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 157 "-" "curl/7.88.1"
                """);
        Path out = folder.resolve("out");
        String url = "jdbc:h2:" + folder.resolve("journal");
        run(0, logs.toString(), "--out", out.toString(), "--into", url);
        run(0, "--tables", out.toString(), "--into", url); // again: replaces
        try (var connection = DriverManager.getConnection(url, "sa", "");
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT SUM(n) FROM counts WHERE cause = 'ok'")) {
            rows.next();
            assertEquals(2, rows.getLong(1));
        }
    }

    @Test
    void whatHasNoTimeHasNoWindow() throws Exception {
        Path one = Files.createDirectory(folder.resolve("web-1"));
        Files.writeString(one.resolve("app.log"), "nobody knows this line\nnor that one\n");
        Path two = Files.createDirectory(folder.resolve("web-2"));
        Files.writeString(two.resolve("access.log"), """
                a line without a time
                10.0.0.1 - - [27/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 157 "-" "curl/7.88.1"
                """);
        Files.writeString(folder.resolve("stray.log"), "nothing\n");
        Path out = folder.resolve("out");
        String text = run(
                0,
                one.toString(),
                two.toString(),
                folder.resolve("stray.log").toString(),
                "--out",
                out.toString(),
                "--by",
                "web-\\d",
                "--window",
                "hour");
        List<String> found = session.read().parquet(out + "/verdicts").orderBy("instance").collectAsList().stream()
                .map(r -> r.<String>getAs("instance") + " " + r.<String>getAs("window") + " " + r.<Long>getAs("lines"))
                .toList();
        assertEquals(List.of("(other files) undated 1", "web-1 undated 2", "web-2 2026-11-27T10:00 2"), found);
        assertTrue(text.contains("--by web-\\d does not match 1 of 3 files, such as file:"), text);
    }

    @Test
    void wrongUsageIsAnsweredInALine() throws Exception {
        List<String> texts = new ArrayList<>();
        texts.add(run(2, "/nonexistent/*.log", "--out", folder.resolve("new").toString()));
        texts.add(run(2, STORIES.toString(), "--out", folder.toString()));
        texts.add(run(2, STORIES.toString(), "--out", folder.resolve("new").toString(), "--by", "(web"));
        texts.add(run(2, STORIES.toString(), "--out", folder.resolve("new").toString(), "--by", "web-none"));
        texts.add(run(2, STORIES.toString()));
        texts.add(run(2, "--tables", folder.resolve("none").toString(), "--into", "jdbc:h2:mem:x"));
        assertTrue(texts.get(0).contains("/nonexistent/*.log: there is no such file"), texts.get(0));
        assertTrue(texts.get(1).contains("is there already"), texts.get(1));
        assertTrue(texts.get(2).contains("--by (web: Unclosed group at character 4"), texts.get(2));
        assertTrue(texts.get(3).contains("--by web-none matches none of "), texts.get(3));
        assertTrue(texts.get(4).contains("--out"), texts.get(4));
        assertTrue(texts.get(5).contains("no tables"), texts.get(5));
        texts.add(run(2, STORIES.toString(), "--out", folder.resolve("new").toString(), "--dashboard"));
        texts.add(run(2, "--tables", folder.toString(), "--dashboard", "--listen", "0.0.0.0:9503"));
        assertTrue(texts.get(6).contains("--dashboard needs --tables"), texts.get(6));
        assertTrue(texts.get(7).contains("which needs --token"), texts.get(7));
        texts.forEach(text -> assertTrue(!text.contains("\tat "), text));
    }
}
