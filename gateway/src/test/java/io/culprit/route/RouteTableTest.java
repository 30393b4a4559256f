package io.culprit.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private final RouteTable<String> table = new RouteTable<>(
            List.of(
                    route("root", "", PathKind.PATH, "/"),
                    route("api", "", PathKind.PATH, "/api/"),
                    route("api-v2", "", PathKind.PATH, "/api/v2"),
                    route("api-post", "", PathKind.PATH, "/api/", "POST"),
                    route("exact", "", PathKind.EXACT, "/api/v2"),
                    route("string", "", PathKind.PREFIX, "/str"),
                    route("php", "", PathKind.REGEX, "\\.php$"),
                    route("shop", "shop.test", PathKind.PATH, "/"),
                    route("shops", "*.shop.test", PathKind.PATH, "/"),
                    route("eu", "*.eu.shop.test", PathKind.PATH, "/")),
            RouteConfig::name);

    private static RouteConfig route(String name, String host, PathKind kind, String path, String... methods) {
        return new RouteConfig(name, host, kind, path, List.of(methods), "u", "", null, Map.of(), List.of());
    }

    private String match(String host, String method, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        Route<String> route = table.match(host, method, bytes, 0, bytes.length);
        return route == null ? "none" : route.target();
    }

    @ParameterizedTest
    @CsvSource({
        "x, GET, /, root",
        "x, GET, /apx, root",
        "x, GET, /api, root",
        "x, GET, /api/, api",
        "x, GET, /api/v1, api",
        "x, POST, /api/v1, api-post",
        "x, GET, /api/v2, exact",
        "x, GET, /api/v2x, api",
        "x, GET, /api/v2/x, api-v2",
        "x, GET, /str, string",
        "x, GET, /string/x, string",
        "x, GET, /api/v2/a.php, php",
        "shop.test, GET, /, shop",
        "shop.test, GET, /api/, api",
        "a.shop.test, GET, /, shops",
        "a.eu.shop.test, GET, /, eu",
        "noshop.test, GET, /, root"
    })
    void longestPrefixWinsThenTheMostSpecificHost(String host, String method, String path, String expected) {
        assertEquals(expected, match(host, method, path));
    }

    @ParameterizedTest
    @CsvSource({
        "x, /api, true",
        "x, /api/, false",
        "x, /api/v2, false",
        "x, /ap, false",
        "x, /, false",
        "x, /apis, false",
    })
    void aPathThatLacksOnlyTheSlashOfARouteIsKnown(String host, String path, boolean expected) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(expected, table.lacksSlash(host, "GET", bytes, 0, bytes.length));
    }

    @Test
    void aRouteForThePathAsItIsGoesBeforeTheSlash() {
        RouteTable<String> both = new RouteTable<>(
                List.of(route("slash", "", PathKind.PATH, "/a/"), route("plain", "", PathKind.PATH, "/a")),
                RouteConfig::name);
        byte[] bytes = "/a".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(false, both.lacksSlash("x", "GET", bytes, 0, bytes.length));
        assertEquals("plain", both.match("x", "GET", bytes, 0, bytes.length).target());
    }

    @Test
    void aRegularExpressionTakesTimeInProportionToThePath() {
        RouteTable<String> hostile =
                new RouteTable<>(List.of(route("words", "", PathKind.REGEX, "^(/[a-z0-9-]+)+/?$")), RouteConfig::name);
        byte[] path = ("/" + "a-".repeat(4_000) + "!").getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(null, hostile.match("x", "GET", path, 0, path.length));
        assertEquals(
                "words", hostile.match("x", "GET", path, 0, path.length - 1).target());
    }

    @Test
    void aRouteExplainsWhyItWon() {
        assertEquals(
                "route \"api-v2\" wins: the longest path is /api/v2, any host", table.explain("x", "GET", "/api/v2/x"));
        assertTrue(new RouteTable<String>(List.of(), RouteConfig::name)
                .explain("x", "GET", "/")
                .startsWith("no route"));
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b",
        "/a//b, /a/b",
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/a/b/.., /a/",
        "/a/b/., /a/b/",
        "/%61dmin, /admin",
        "/a%2f..%2fb, /b",
        "/.hidden, /.hidden",
        "/..a/b, /..a/b",
        "/a/..., /a/...",
        "/.., refused",
        "/a/../../b, refused",
        "/%2e%2e/b, refused",
        "/%zz, refused",
        "/%4, refused",
        "/a%00b, refused",
        "/%2, refused",
        "/%20, '/ '",
        "/a%2Fb, /a/b",
        "/a/%2e, /a/",
        "/%2fa, /a",
        "//, /",
        "/., /",
        "/a/.b/../c, /a/c"
    })
    void pathsAreNormalisedAsNginxDoes(String path, String expected) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        String actual = PathNormalizer.normalize(bytes, 0, bytes.length)
                .map(n -> new String(n, StandardCharsets.ISO_8859_1))
                .orElse("refused");
        assertEquals(expected, actual);
        if (PathNormalizer.isNormal(bytes, 0, bytes.length)) {
            assertEquals(path, actual);
        }
    }

    /** What need not be looked at twice: nearly every path. */
    @ParameterizedTest
    @CsvSource({
        "/, true",
        "/a/b, true",
        "/a/b/, true",
        "/a.b/c..d, true",
        "/a%62, false",
        "//a, false",
        "/a//, false",
        "/.a, false",
        "/a/., false"
    })
    void normalPathsAreKnown(String path, boolean normal) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(normal, PathNormalizer.isNormal(bytes, 0, bytes.length));
    }

    @ParameterizedTest
    @CsvSource({"/a, /a", "/%61, /a", "/%4, /%4", "/%, /%", "/%zz, /%zz", "/%6, /%6", "/%25, /%", "/x%41%42, /xAB"})
    void decodingTakesWhatIsAnEscape(String path, String decoded) {
        assertEquals(decoded, PathNormalizer.decoded(path));
    }

    @ParameterizedTest
    @CsvSource({
        "x, GET, /api, true",
        "x, GET, /api/, false",
        "x, GET, /ap, false",
        "x, GET, /apix, false",
        "x, GET, /api/v2, false",
        "x, GET, /str, false",
        "x, POST, /api, true"
    })
    void aPathThatLacksOnlyItsSlashIsKnown(String host, String method, String path, boolean lacks) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(lacks, table.lacksSlash(host, method, bytes, 0, bytes.length));
    }

    /** Regular expressions in their order, but those of a host before those of any. */
    @Test
    void theHostsOwnRegularExpressionGoesFirst() {
        RouteTable<String> several = new RouteTable<>(
                List.of(
                        route("any", "", PathKind.REGEX, "^/a"),
                        route("later", "", PathKind.REGEX, "^/ab"),
                        route("posts", "shop.test", PathKind.REGEX, "^/a", "POST"),
                        route("own", "shop.test", PathKind.REGEX, "^/a")),
                RouteConfig::name);
        byte[] path = "/abc".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("any", several.match("x", "GET", path, 0, path.length).target());
        assertEquals(
                "own", several.match("shop.test", "GET", path, 0, path.length).target());
        assertEquals(
                "posts",
                several.match("shop.test", "POST", path, 0, path.length).target());
    }
}
