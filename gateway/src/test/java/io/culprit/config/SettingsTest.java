package io.culprit.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.read.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload says has changed, key by key, as it stands in the file. */
class SettingsTest {
    @TempDir
    Path directory;

    private GatewayConfig config(String yaml) throws IOException, ConfigException {
        return ConfigLoader.load(Files.writeString(directory.resolve("c.yaml"), yaml), Map.of());
    }

    private List<String> keys(String before, String after) throws IOException, ConfigException {
        return ConfigDiff.of(config(before), config(after)).keys();
    }

    private static String yaml(String upstream, String routes, String more) {
        return """
                listen: [ { address: "127.0.0.1:18080" } ]
                upstreams: { app: { servers: [ "127.0.0.1:1" ]%s } }
                routes: [ %s { match: { path: / }, upstream: app } ]
                %s
                """.formatted(upstream, routes, more);
    }

    @Test
    void aKeyIsAddedChangedAndRemoved() throws Exception {
        String plain = yaml("", "", "limits: { head: 16KiB, uri: 4KiB }");
        assertEquals(List.of(), keys(plain, plain));
        assertEquals(
                List.of(
                        "limits.head changed from 16KiB to 32KiB",
                        "limits.uri removed (was 4KiB)",
                        "upstreams.app.timeouts.read added: 30s"),
                keys(plain, yaml(", timeouts: { read: 30s }", "", "limits: { head: 32KiB }")).stream()
                        .sorted()
                        .toList());
    }

    /** A route that is put before another does not change it. */
    @Test
    void elementsOfListsAreCalledByWhatTheyMatch() throws Exception {
        assertEquals(
                List.of("routes[/api].match.path added: /api", "routes[/api].upstream added: app"),
                keys(yaml("", "", ""), yaml("", "{ match: { path: /api }, upstream: app },", "")));
        assertEquals(
                List.of("routes[/x].match.path added: /x", "routes[/x].upstream added: app"),
                keys(
                        "listen: [ { address: \"127.0.0.1:1\" } ]\nupstreams: { app: { servers: [ \"127.0.0.1:1\" ] } }\n"
                                + "routes: [ { upstream: app } ]\n",
                        "listen: [ { address: \"127.0.0.1:1\" } ]\nupstreams: { app: { servers: [ \"127.0.0.1:1\" ] } }\n"
                                + "routes: [ { match: { path: /x }, upstream: app }, { upstream: app } ]\n"),
                "one that takes all is called by that, not by its place");
        assertEquals(
                List.of("upstreams.app.servers changed from [127.0.0.1:1] to [127.0.0.1:1, 127.0.0.1:2]"),
                keys(
                        yaml("", "", ""),
                        yaml("", "", "").replace("\"127.0.0.1:1\"", "\"127.0.0.1:1\", \"127.0.0.1:2\"")));
    }

    /** A URL that whoever knows it may use is no name to call a webhook by, and a query may hold a token. */
    @Test
    void urlsThatAreSecretsAreNotShown() throws Exception {
        String alerts = "alerts: { webhooks: [ { url: \"http://127.0.0.1:1/HOOK-%s\", format: %s } ] }";
        for (String after : List.of(alerts.formatted("b", "slack"), alerts.formatted("a", "json"))) {
            List<String> keys = keys(yaml("", "", alerts.formatted("a", "slack")), yaml("", "", after));
            assertEquals(1, keys.size(), keys.toString());
            assertTrue(keys.get(0).startsWith("alerts.webhooks[0]."), keys.toString());
            assertFalse(keys.get(0).contains("HOOK"), keys.toString());
        }
        String uptime = "uptime: [ { name: a, url: \"http://127.0.0.1:1/ping?x=1&key=%s\" } ]";
        assertEquals(
                List.of(
                        "uptime[a].url changed from http://127.0.0.1:1/ping?x=***&key=*** to http://127.0.0.1:1/ping?x=***&key=***"),
                keys(yaml("", "", uptime.formatted("one")), yaml("", "", uptime.formatted("two"))));
    }

    @Test
    void aSecretIsSaidToHaveChangedAndNotShown() throws Exception {
        String journal = "journal: { url: \"jdbc:postgresql://db/c\", user: c, password: %s }";
        assertEquals(
                List.of("journal.password changed from *** to ***"),
                keys(yaml("", "", journal.formatted("one")), yaml("", "", journal.formatted("two"))));
    }
}
