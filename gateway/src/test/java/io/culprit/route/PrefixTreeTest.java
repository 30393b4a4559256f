package io.culprit.route;

import static io.culprit.route.HostsTest.match;
import static io.culprit.route.HostsTest.route;
import static io.culprit.route.HostsTest.table;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tree finds what a walk over all routes finds, in whatever order they were added. */
class PrefixTreeTest {
    private static boolean lacksSlash(RouteTable<String> table, String method, String path) {
        byte[] bytes = ("xx" + path + "/y").getBytes(StandardCharsets.ISO_8859_1);
        return table.lacksSlash("h", method, bytes, 2, bytes.length - 2);
    }

    private static boolean takes(RouteConfig config, String path) {
        String prefix = config.path();
        return switch (config.kind()) {
            case EXACT -> path.equals(prefix);
            case PREFIX -> path.startsWith(prefix);
            case PATH ->
                path.startsWith(prefix)
                        && (path.length() == prefix.length()
                                || path.charAt(prefix.length()) == '/'
                                || prefix.endsWith("/"));
            case REGEX -> throw new AssertionError();
        };
    }

    private static String slowly(List<RouteConfig> routes, String path) {
        RouteConfig best = null;
        for (RouteConfig each : routes) {
            if (takes(each, path) && (best == null || rank(each) > rank(best))) {
                best = each;
            }
        }
        return best == null ? "none" : best.name();
    }

    /** An exact one first, then the longer, then a path before a prefix. */
    private static int rank(RouteConfig config) {
        return switch (config.kind()) {
            case EXACT -> 1000;
            case PATH -> 2 * config.path().length() + 1;
            default -> 2 * config.path().length();
        };
    }

    private static String any(SplittableRandom random, String bytes, int most) {
        StringBuilder path = new StringBuilder("/");
        for (int n = random.nextInt(most); n > 0; n--) {
            path.append(bytes.charAt(random.nextInt(bytes.length())));
        }
        return path.toString();
    }

    @Test
    void anyRoutesAreFoundAsAWalkOverAllFindsThem() {
        SplittableRandom random = new SplittableRandom(7);
        PathKind[] kinds = {PathKind.EXACT, PathKind.PATH, PathKind.PREFIX};
        for (int round = 0; round < 300; round++) {
            String bytes = round % 2 == 0 ? "ab/" : "/az\u00e0-0";
            List<RouteConfig> routes = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                routes.add(route("r" + i, "", kinds[random.nextInt(3)], any(random, bytes, 6)));
            }
            RouteTable<String> table = new RouteTable<>(routes, RouteConfig::name);
            for (int i = 0; i < 60; i++) {
                String path = any(random, bytes, 8);
                assertEquals(slowly(routes, path), match(table, "h", "GET", path), () -> path + " of " + routes);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api, api",
        "/api/, api",
        "/api/x, api",
        "/apix, root",
        "/ap, root",
        "/, root",
        "/apiary/x, apiary",
        "/b, b",
        "/bc, b",
        "/c/x, c",
        "/cx, root"
    })
    void aPathEndsAtASegmentAndAPrefixAnywhere(String path, String name) {
        RouteTable<String> table = table(
                route("apiary", "", PathKind.PATH, "/apiary"),
                route("api", "", PathKind.PATH, "/api"),
                route("b", "", PathKind.PREFIX, "/b"),
                route("c", "", PathKind.PATH, "/c/"),
                route("root", "", PathKind.PATH, "/"));
        assertEquals(name, match(table, "h", "GET", path));
    }

    @Test
    void whereTheDeeperRouteDoesNotTakeTheMethodTheOneAboveDoes() {
        RouteTable<String> table = table(
                route("prefix", "", PathKind.PREFIX, "/a"),
                route("path", "", PathKind.PATH, "/a", "GET"),
                route("deep", "", PathKind.PATH, "/a/b", "PUT"));
        assertEquals("deep", match(table, "h", "PUT", "/a/b"));
        assertEquals("path", match(table, "h", "GET", "/a/b"));
        assertEquals("prefix", match(table, "h", "POST", "/a/b"));
        assertEquals("prefix", match(table, "h", "PUT", "/a"));
        assertEquals("none", match(table, "h", "PUT", "/"));
    }

    @Test
    void anExactRouteIsNoOtherPaths() {
        RouteTable<String> table =
                table(route("exact", "", PathKind.EXACT, "/a/b"), route("put", "", PathKind.EXACT, "/c", "PUT"));
        assertEquals("exact", match(table, "h", "GET", "/a/b"));
        assertEquals("none", match(table, "h", "GET", "/a/b/"));
        assertEquals("none", match(table, "h", "GET", "/a/"));
        assertEquals("none", match(table, "h", "GET", "/a/c"));
        assertEquals("none", match(table, "h", "GET", "/x"));
        assertEquals("none", match(table, "h", "GET", "/c"));
        assertEquals("put", match(table, "h", "PUT", "/c"));
    }

    @ParameterizedTest
    @CsvSource({
        "/a, GET, true",
        "/a, PUT, true",
        "/ab, GET, true",
        "/abc, GET, false",
        "/a/x, GET, true",
        "/a/x/, GET, false",
        "/a/, GET, false",
        "/b, GET, false",
        "/c, GET, true",
        "/c, PUT, false",
        "/d, GET, false",
        "/e, GET, false",
        "/f, GET, false",
        "/f, PUT, true",
        "/g, GET, true",
        "/gh, GET, true",
        "/i, GET, false",
        "/z, GET, false"
    })
    void aPathThatLacksOnlyItsSlash(String path, String method, boolean lacks) {
        RouteTable<String> table = table(
                route("a", "", PathKind.PATH, "/a/"),
                route("ab", "", PathKind.PREFIX, "/ab/"),
                route("ax", "", PathKind.PATH, "/a/x/"),
                route("b", "", PathKind.PATH, "/b/x"),
                route("c", "", PathKind.PATH, "/c/", "GET"),
                route("d", "", PathKind.PATH, "/d"),
                route("d/", "", PathKind.PATH, "/d/"),
                route("e", "", PathKind.PREFIX, "/e"),
                route("e/", "", PathKind.PATH, "/e/"),
                route("f", "", PathKind.EXACT, "/f", "GET"),
                route("f/", "", PathKind.PATH, "/f/"),
                route("g", "", PathKind.PREFIX, "/g/"),
                route("gh", "", PathKind.PATH, "/gh/"),
                route("i", "", PathKind.EXACT, "/i/"));
        assertEquals(lacks, lacksSlash(table, method, path));
    }

    /** The node that ends in the slash may be one of its own, the end of a longer label or in front of more. */
    @Test
    void theSlashIsFoundHoweverTheTreeIsCut() {
        assertEquals(true, lacksSlash(table(route("a", "", PathKind.PATH, "/a/")), "GET", "/a"));
        assertEquals(true, lacksSlash(table(route("a", "", PathKind.PREFIX, "/a/")), "GET", "/a"));
        assertEquals(false, lacksSlash(table(route("a", "", PathKind.PATH, "/a/")), "GET", "/"));
        assertEquals(false, lacksSlash(table(route("a", "", PathKind.PATH, "/ab/")), "GET", "/a"));
        assertEquals(false, lacksSlash(table(route("a", "", PathKind.PATH, "/b/")), "GET", "/a"));
        assertEquals(false, lacksSlash(table(route("a", "", PathKind.PATH, "/a/b/")), "GET", "/a"));
        RouteTable<String> under = table(route("a", "", PathKind.EXACT, "/a"), route("b", "", PathKind.PATH, "/a/b/"));
        assertEquals(false, lacksSlash(under, "GET", "/a"));
        assertEquals(true, lacksSlash(under, "GET", "/a/b"));
        RouteTable<String> cut =
                table(route("a", "", PathKind.PATH, "/a/", "GET"), route("b", "", PathKind.PATH, "/a", "PUT"));
        assertEquals(true, lacksSlash(cut, "GET", "/a"));
        assertEquals(false, lacksSlash(cut, "PUT", "/a"));
        assertEquals(false, lacksSlash(cut, "POST", "/a"));
        RouteTable<String> exact = table(route("a", "", PathKind.EXACT, "/a/"));
        assertEquals(false, lacksSlash(exact, "GET", "/a"));
    }
}
