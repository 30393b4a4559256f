package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.culprit.admin.AdminServer;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The admin listener: its API against its OpenAPI document, and who may ask it what. */
class AdminApiTest {
    private static final String TOKEN = "correct horse";

    @TempDir
    private static Path directory;

    private static TestGateway gateway;
    private static AdminServer admin;
    private static String failure;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("""
                journal: { url: "jdbc:h2:%s/journal" }
                admin: { address: "127.0.0.1:0", token: "%s" }
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """.formatted(directory, TOKEN));
        admin = AdminServer.start(
                gateway.gateway(), gateway.gateway().config().admin().orElseThrow());
        gateway.get("/seen");
        failure = gateway.failureOf("/seen").requestId();
        TestGateway.await(
                "the second is over",
                () -> !gateway.gateway().monitor().watch().pulse().sightings().isEmpty());
        TestGateway.await("the journal's store is up, which opens behind the start", AdminApiTest::readsItsJournal);
    }

    private static boolean readsItsJournal() {
        try {
            return get("/api/history?minutes=1440").status() == 200; // more than memory has
        } catch (IOException e) {
            return false;
        }
    }

    @AfterAll
    static void stop() {
        admin.close();
        gateway.close();
    }

    private static RawResponse ask(String head) throws IOException {
        return RawResponse.exchange(admin.address().getPort(), head + "\r\nConnection: close\r\n\r\n");
    }

    private static RawResponse get(String path) throws IOException {
        return ask("GET " + path + " HTTP/1.1\r\nHost: localhost");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> document() throws IOException {
        String yaml = get("/api/openapi.yaml").body();
        return (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> in(Object map, String... keys) {
        Object found = map;
        for (String key : keys) {
            found = ((Map<String, Object>) found).get(key);
        }
        return (Map<String, Object>) found;
    }

    @Test
    void theDocumentListsEveryEndpoint() throws IOException {
        String listed = get("/no-such").body();
        Set<String> real = new TreeSet<>(
                List.of(listed.substring(listed.indexOf(" and ") + 5).trim().split(" ")));
        assertEquals(real, new TreeSet<>(in(document(), "paths").keySet()));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/now, Now",
        "/api/now?minutes=1440, Now",
        "/api/history, History",
        "/api/history?minutes=1440, History",
        "/api/failures, Failures",
        "/api/upstreams, Upstreams",
        "/api/routes, Routes",
        "/api/configuration, Configuration",
        "/api/events, Events"
    })
    void answersHaveWhatTheDocumentPromises(String path, String schema) throws IOException {
        RawResponse response = get(path);
        assertEquals(200, response.status(), response.text());
        matches(in(document(), "components", "schemas", schema), response.body());
    }

    @Test
    void oneFailureHasEverything() throws IOException {
        RawResponse response = get("/api/failures/" + failure);
        matches(in(document(), "components", "schemas", "Failure"), response.body());
        assertTrue(response.body().contains("ss -tlnp sport = :1"), response.body());
        assertEquals(404, get("/api/failures/unknown").status());
    }

    /** Required fields of the object, and of the objects and lists in it that the document describes. */
    @SuppressWarnings("unchecked")
    private static void matches(Map<String, Object> schema, String json) throws IOException {
        Object value = parse(json);
        check("", schema, value);
    }

    @SuppressWarnings("unchecked")
    private static void check(String at, Map<String, Object> schema, Object value) {
        if (value instanceof List<?> list) {
            if (schema.get("items") != null) {
                list.forEach(each -> check(at + "[]", (Map<String, Object>) schema.get("items"), each));
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Object required : (List<Object>) schema.getOrDefault("required", List.of())) {
                assertTrue(map.containsKey(required), at + "." + required + " is missing in " + map.keySet());
            }
            ((Map<String, Object>) schema.getOrDefault("properties", Map.of())).forEach((name, below) -> {
                if (map.containsKey(name)) {
                    check(at + "." + name, (Map<String, Object>) below, map.get(name));
                }
            });
        }
    }

    private static Object parse(String json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            Object value = value(parser);
            assertEquals(null, parser.nextToken());
            return value;
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> map = new TreeMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                map.put(name, value(parser));
            }
            return map;
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> list = new java.util.ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(parser));
            }
            return list;
        }
        return parser.getText();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/now", "/js/main.js", "/no-such", "/metrics"})
    void everyAnswerHasAStrictPolicy(String path) throws IOException {
        String head = get(path).text();
        assertTrue(head.contains("Content-Security-Policy: default-src 'none'; script-src 'self';"), head);
        assertTrue(head.contains("X-Content-Type-Options: nosniff"), head);
        assertFalse(head.contains("unsafe-inline"), head);
    }

    @ParameterizedTest
    @ValueSource(strings = {"minutes=0", "minutes=x", "minutes=99999999999999999999", "minutes=-5"})
    void badParametersAreNamed(String query) throws IOException {
        RawResponse response = get("/api/now?" + query);
        assertEquals(400, response.status());
        assertTrue(response.body().contains("\"minutes\" must be a number from 1 to"), response.body());
    }

    @Test
    void writingNeedsTheTokenEvenOnLoopback() throws IOException {
        String post = "POST /api/logs/reopen HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0";
        assertEquals(401, ask(post).status());
        assertEquals(401, ask(post + "\r\nAuthorization: Bearer wrong").status());
        assertEquals(202, ask(post + "\r\nAuthorization: Bearer " + TOKEN).status());
        String basic = Base64.getEncoder().encodeToString(("me:" + TOKEN).getBytes());
        assertEquals(202, ask(post + "\r\nAuthorization: Basic " + basic).status());
        assertEquals(
                405,
                get("/api/logs/reopen").status() == 401
                        ? 405
                        : get("/api/logs/reopen").status());
        assertEquals(405, ask("DELETE /api/now HTTP/1.1\r\nHost: localhost").status());
    }

    @Test
    void foreignNamesForLoopbackAreRefused() throws IOException {
        assertEquals(421, ask("GET /api/now HTTP/1.1\r\nHost: rebound.example").status());
        assertEquals(200, ask("GET /api/now HTTP/1.1\r\nHost: 127.0.0.1:9502").status());
        assertEquals(200, ask("GET /api/now HTTP/1.1\r\nHost: [::1]:9502").status());
    }

    @Test
    void hammeringIsSlowedDown() throws IOException {
        try (TestGateway other = TestGateway.before(1, "", "admin: { address: \"127.0.0.1:0\" }");
                AdminServer own = AdminServer.start(
                        other.gateway(), other.gateway().config().admin().orElseThrow())) {
            StringBuilder many = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                many.append("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            many.append("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            String answers = RawResponse.exchange(own.address().getPort(), many.toString())
                    .text();
            assertTrue(answers.contains("HTTP/1.1 429 "), answers.substring(0, 200));
            assertTrue(answers.contains("HTTP/1.1 200 "), answers.substring(0, 200));
        }
    }

    @Test
    void withoutATokenNothingCanBeChanged() throws IOException {
        try (TestGateway other = TestGateway.before(1, "", "admin: { address: \"127.0.0.1:0\" }");
                AdminServer own = AdminServer.start(
                        other.gateway(), other.gateway().config().admin().orElseThrow())) {
            RawResponse response = RawResponse.exchange(
                    own.address().getPort(),
                    "POST /api/logs/reopen HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertEquals(403, response.status());
            assertTrue(response.body().contains("read-only"), response.body());
        }
    }

    @Test
    void theStateIsStreamed() throws IOException {
        try (java.net.Socket socket =
                new java.net.Socket("127.0.0.1", admin.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
            var lines = new java.io.BufferedReader(new java.io.InputStreamReader(socket.getInputStream()));
            List<String> events = new java.util.ArrayList<>();
            while (events.size() < 3) {
                String line = lines.readLine();
                if (line.startsWith("data:")) {
                    events.add(line.substring(5));
                }
            }
            for (String each : events) {
                matches(in(document(), "components", "schemas", "Now"), each);
            }
            assertEquals(
                    3, events.stream().distinct().collect(Collectors.toSet()).size());
        }
    }
}
