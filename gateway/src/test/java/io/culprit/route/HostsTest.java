package io.culprit.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Among the routes of one path: which host and which method wins, and what is said of it. */
class HostsTest {
    static RouteConfig route(String name, String host, PathKind kind, String path, String... methods) {
        return new RouteConfig(name, host, kind, path, List.of(methods), "u", "", null, Map.of(), List.of());
    }

    static RouteTable<String> table(RouteConfig... routes) {
        return new RouteTable<>(List.of(routes), RouteConfig::name);
    }

    static String match(RouteTable<String> table, String host, String method, String path) {
        byte[] bytes = ("xx" + path + "yy").getBytes(StandardCharsets.ISO_8859_1);
        Route<String> route = table.match(host, method, bytes, 2, bytes.length - 2);
        return route == null ? "none" : route.name();
    }

    private final RouteTable<String> hosts = table(
            route("any", "", PathKind.PATH, "/"),
            route("any-post", "", PathKind.PATH, "/", "POST"),
            route("wild", "*.test", PathKind.PATH, "/"),
            route("wild-put", "*.test", PathKind.PATH, "/", "PUT", "PATCH"),
            route("wild-later", "*.test", PathKind.PATH, "/"),
            route("long-wild", "*.shop.test", PathKind.PATH, "/", "GET"),
            route("named", "a.shop.test", PathKind.PATH, "/"),
            route("named-delete", "a.shop.test", PathKind.PATH, "/", "DELETE"),
            route("only-get", "get.test", PathKind.PATH, "/", "GET"));

    @ParameterizedTest
    @CsvSource({
        "other, GET, any",
        "other, POST, any-post",
        "other, PUT, any",
        "b.test, GET, wild",
        "b.test, POST, wild",
        "b.test, PUT, wild-put",
        "b.test, PATCH, wild-put",
        "b.shop.test, GET, long-wild",
        "b.shop.test, POST, wild",
        "b.shop.test, PUT, wild-put",
        "a.shop.test, GET, named",
        "a.shop.test, DELETE, named-delete",
        "a.shop.test, PUT, named",
        "get.test, GET, only-get",
        "get.test, POST, wild",
        ".test, GET, any",
        "test, GET, any",
        "x.test, GET, wild",
        "xtest, GET, any",
        "a.test.org, GET, any",
        "b.a.shop.test, GET, long-wild"
    })
    void theMostSpecificHostThatTakesTheMethodWins(String host, String method, String name) {
        assertEquals(name, match(hosts, host, method, "/p"));
    }

    @Test
    void amongEqualsTheFirstOfTheFileWins() {
        for (String host : new String[] {"", "a.test", "*.test"}) {
            RouteTable<String> twice = table(
                    route("one", host, PathKind.PATH, "/", "GET"),
                    route("two", host, PathKind.PATH, "/", "GET", "PUT"),
                    route("three", host, PathKind.PATH, "/"),
                    route("four", host, PathKind.PATH, "/"));
            assertEquals("one", match(twice, "a.test", "GET", "/"));
            assertEquals("two", match(twice, "a.test", "PUT", "/"));
            assertEquals("three", match(twice, "a.test", "POST", "/"));
        }
    }

    @Test
    void amongEqualWildcardsTheOneWithMethodsWins() {
        for (PathKind kind : new PathKind[] {PathKind.EXACT, PathKind.PATH, PathKind.PREFIX}) {
            for (String host : new String[] {"", "a.test", "*.test"}) {
                RouteTable<String> both = table(route("all", host, kind, "/p"), route("get", host, kind, "/p", "GET"));
                assertEquals("get", match(both, "a.test", "GET", "/p"));
                assertEquals("all", match(both, "a.test", "PUT", "/p"));
            }
        }
    }

    @Test
    void whatNoRouteTakesIsNone() {
        RouteTable<String> few = table(
                route("host", "a.test", PathKind.PATH, "/a"),
                route("method", "", PathKind.PATH, "/b", "GET"),
                route("regex", "a.test", PathKind.REGEX, "c$", "GET"));
        assertEquals("none", match(few, "b.test", "GET", "/a"));
        assertEquals("none", match(few, "a.test", "POST", "/b"));
        assertEquals("none", match(few, "a.test", "POST", "/c"));
        assertEquals("none", match(few, "b.test", "GET", "/c"));
        assertEquals("none", match(few, "a.test", "GET", "/cd"));
        assertEquals("regex", match(few, "a.test", "GET", "/c"));
        assertEquals("none", match(few, "a.test", "GET", "/"));
    }

    @Test
    void regularExpressionsGoByHostThenByTheFile() {
        RouteTable<String> several = table(
                route("any", "", PathKind.REGEX, "^/a"),
                route("wild", "*.test", PathKind.REGEX, "^/a"),
                route("named", "a.test", PathKind.REGEX, "^/a"),
                route("named-later", "a.test", PathKind.REGEX, "^/ab"),
                route("exact", "", PathKind.EXACT, "/abc"),
                route("path", "a.test", PathKind.PATH, "/abcd"));
        assertEquals("named", match(several, "a.test", "GET", "/ab"));
        assertEquals("wild", match(several, "b.test", "GET", "/ab"));
        assertEquals("any", match(several, "b", "GET", "/ab"));
        assertEquals("exact", match(several, "a.test", "GET", "/abc"));
        assertEquals("named", match(several, "a.test", "GET", "/abcd"));
    }

    @Test
    void aRouteSaysWhatItTookTheRequestFor() {
        RouteTable<String> all = table(
                route("e", "", PathKind.EXACT, "/e"),
                route("r", "", PathKind.REGEX, "^/r"),
                route("p", "a.test", PathKind.PREFIX, "/p", "GET", "PUT"));
        assertEquals("route \"e\" wins: the path is exactly /e, any host", all.explain("x", "GET", "/e"));
        assertEquals(
                "route \"r\" wins: the path matches ^/r, the first regular expression that does, any host",
                all.explain("x", "GET", "/rx"));
        assertEquals(
                "route \"p\" wins: the longest prefix is /p, host a.test, methods GET PUT",
                all.explain("a.test", "GET", "/px"));
        assertEquals("no route matches POST a.test/px", all.explain("a.test", "POST", "/px"));
    }

    @Test
    void aRouteKeepsItsConfigurationAndItsTarget() {
        RouteConfig config = route("r", "", PathKind.PATH, "/");
        RouteTable<Integer> table =
                new RouteTable<>(List.of(config), each -> each.name().length());
        Route<Integer> found = table.match("x", "GET", new byte[] {'/'}, 0, 1);
        assertEquals(config, found.config());
        assertEquals("r", found.name());
        assertEquals(1, found.target());
    }
}
