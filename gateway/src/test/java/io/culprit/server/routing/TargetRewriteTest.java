package io.culprit.server.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.route.PathNormalizer;
import io.culprit.route.RouteTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TargetRewriteTest {
    private static RouteConfig route(PathKind kind, String path, String strip, String replace) {
        return new RouteConfig("r", "", kind, path, List.of(), "u", strip, replace, Map.of(), List.of());
    }

    private static RequestHead head(String target) throws MessageException {
        RequestHead head = new RequestHead(64 << 10, 100, 32 << 10);
        assertTrue(head.read(ByteBuffer.wrap(
                ("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1))));
        return head;
    }

    /** What goes upstream, or empty when no route takes the path. */
    private static String sent(RouteConfig route, String target) throws MessageException {
        RequestHead head = head(target);
        byte[] normal = Routing.normalPath(head);
        RouteTable<String> table = new RouteTable<>(List.of(route), RouteConfig::name);
        try {
            Routing.route(table, head, normal);
        } catch (MessageException e) {
            return "";
        }
        return new String(TargetRewrite.target(head, route, normal), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "/api, /api, '', /static/, /static/",
        "/api, /api/x, '', /static/, /static/x",
        "/api, /api/x, '', /static, /static/x",
        "/api, /api/, '', /static, /static/",
        "/api, /api, '', /static, /static",
        "/api, /api/x?q=1, '', '', /x?q=1",
        "/api, /api/%61%20b, '', /s, /s/a%20b",
        "/api/, /api/x, '', /s, /s/x",
        "/api, /api/a//b/./c/../d, '', /s, /s/a/b/d",
        "/, http://x?q, '', /static/, /static/?q",
        "/strip, /strip/a, /strip, , /a",
        "/strip, /strip, /strip, , /",
        "/strip, /strip//evil/x, /strip, , /evil/x",
        "/a/b, /a/b/../b/y, '', /tenants/alice, /tenants/alice/y",
        "/a/b, /a/b/../../a/b/y, '', /tenants/alice, /tenants/alice/y",
    })
    void aRewriteAppliesToTheNormalPath(String path, String target, String strip, String replace, String expected)
            throws MessageException {
        assertEquals(expected, sent(route(PathKind.PATH, path, strip, replace), target));
    }

    @ParameterizedTest
    @CsvSource({"/api../secret", "/apifoo", "/strip../x", "/ap"})
    void aPathEndsAtASegment(String target) throws MessageException {
        assertEquals("", sent(route(PathKind.PATH, "/api", "", "/static/"), target));
    }

    @Test
    void aPlainPrefixEndsAnywhereAndStillStaysBelow() throws MessageException {
        assertEquals("/static/foo", sent(route(PathKind.PREFIX, "/api", "", "/static/"), "/apifoo"));
        assertEquals("/static/foo", sent(route(PathKind.PREFIX, "/api", "", "/static"), "/apifoo"));
        assertThrows(
                MessageException.class, () -> sent(route(PathKind.PREFIX, "/api", "", "/static/"), "/api../secret"));
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b/%252e%252e/x",
        "/a/b/..;/x",
        "/a/b/..\\x",
        "/a/b/%5c..%5cx",
        "/a/b/x/..%3bv=1/y",
        "/a/b/%25252e./x",
    })
    void whatCouldBeReadAsUpwardsIsRefused(String target) {
        assertThrows(MessageException.class, () -> sent(route(PathKind.PATH, "/a/b", "", "/tenants/alice"), target));
    }

    /** Every kind of rewrite, and the segments that nothing it makes may leave. */
    static Stream<Arguments> rewrites() {
        return Stream.of(
                Arguments.of(route(PathKind.PATH, "/a/b", "", "/tenants/alice"), List.of("tenants", "alice")),
                Arguments.of(route(PathKind.PATH, "/a/b/", "", "/tenants/alice/"), List.of("tenants", "alice")),
                Arguments.of(route(PathKind.PREFIX, "/a/b", "", "/tenants/alice"), List.of("tenants", "alice")),
                Arguments.of(route(PathKind.PREFIX, "/a/b", "", "/tenants/alice/"), List.of("tenants", "alice")),
                Arguments.of(route(PathKind.PATH, "/a/b", "/a/b", null), List.of()),
                Arguments.of(route(PathKind.PATH, "/a", "/a/", null), List.of()),
                Arguments.of(route(PathKind.PREFIX, "/a/b", "/a", null), List.of()),
                Arguments.of(route(PathKind.REGEX, "^/a/b", "/a/b", null), List.of()));
    }

    /** No path whatever leaves the replacement, however an upstream reads it; nor does the file that FastCGI is given. */
    @ParameterizedTest
    @MethodSource("rewrites")
    void noPathLeavesTheReplacement(RouteConfig route, List<String> root) throws MessageException {
        String[] pieces = {
            "/", "//", "..", ".", "%2e", "%2E%2e", "%252e", "%25252e", ";", ";a=1", "\\", "%5c", "%255c", "%2f",
            "%252f", "a", "b", "/a/b", "/a", "%61", "~", "..;", "%3b", "x"
        };
        Random random = new Random(7);
        int sent = 0;
        for (int i = 0; i < 60_000; i++) {
            StringBuilder target = new StringBuilder(random.nextBoolean() ? "/a/b" : "/");
            for (int n = random.nextInt(7); n > 0; n--) {
                target.append(pieces[random.nextInt(pieces.length)]);
            }
            String result;
            String path;
            try {
                result = sent(route, target.toString());
                RequestHead head = head(target.toString());
                path = new String(
                        TargetRewrite.path(head, route, Routing.normalPath(head)), StandardCharsets.ISO_8859_1);
            } catch (MessageException e) {
                continue; // refused
            }
            if (result.isEmpty()) {
                continue;
            }
            sent++;
            for (String each : List.of(result, path)) {
                String seen = each;
                for (int decodings = 0; decodings <= 2; decodings++) {
                    assertTrue(below(seen, root), target + " goes up as " + each + ", read as " + seen);
                    seen = PathNormalizer.decoded(seen);
                }
            }
        }
        assertTrue(sent > 3_000, sent + " paths were sent");
    }

    private static boolean below(String path, List<String> root) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.replace('\\', '/').split("/")) {
            int parameters = segment.indexOf(';');
            String name = parameters < 0 ? segment : segment.substring(0, parameters);
            if (name.equals("..")) {
                if (segments.isEmpty()) {
                    return false;
                }
                segments.remove(segments.size() - 1);
            } else if (!name.isEmpty() && !name.equals(".")) {
                segments.add(name);
            }
            if (segments.size() >= root.size()
                    && !segments.subList(0, root.size()).equals(root)) {
                return false;
            }
        }
        return segments.size() >= root.size();
    }
}
