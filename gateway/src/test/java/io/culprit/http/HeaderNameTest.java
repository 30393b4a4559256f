package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which fields the gateway knows, and what it does with them. */
class HeaderNameTest {
    private static HeaderName of(String before, String name, String behind) {
        byte[] bytes = (before + name + behind).getBytes(StandardCharsets.ISO_8859_1);
        return HeaderName.of(bytes, before.length(), before.length() + name.length());
    }

    @Test
    void everyNameIsKnownInAnyCaseAndPlace() {
        for (HeaderName each : HeaderName.values()) {
            if (each != HeaderName.OTHER) {
                String name = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
                assertEquals(name, each.lower());
                assertSame(each, of("", name, ""));
                assertSame(each, of("ab", name.toUpperCase(Locale.ROOT), ": x"));
            }
        }
    }

    @Test
    void whatIsNearlyANameIsNone() {
        for (HeaderName each : HeaderName.values()) {
            if (each != HeaderName.OTHER) {
                String name = each.lower();
                assertSame(HeaderName.OTHER, of("", name + "x", ""));
                assertSame(HeaderName.OTHER, of("", "q" + name.substring(1), ""));
            }
        }
        assertSame(HeaderName.OTHER, of("", "x", ""));
        assertSame(HeaderName.OTHER, of("", "HQST", ""));
        assertEquals("", HeaderName.OTHER.lower());
    }

    @Test
    void fieldsOfOneConnectionAreNotForwarded() {
        Set<HeaderName> hopByHop = EnumSet.of(
                HeaderName.CONNECTION,
                HeaderName.KEEP_ALIVE,
                HeaderName.PROXY_CONNECTION,
                HeaderName.TE,
                HeaderName.TRANSFER_ENCODING,
                HeaderName.UPGRADE);
        for (HeaderName each : HeaderName.values()) {
            assertEquals(hopByHop.contains(each), each.isHopByHop(), each.name());
        }
    }

    @Test
    void whatIsSaidToTheServerInFrontStaysThere() {
        for (HeaderName each : HeaderName.values()) {
            boolean expected = each.lower().matches("x-(accel|lighttpd|litespeed|reproxy|sendfile).*");
            assertEquals(expected, each.isForServer(), each.name());
        }
    }
}
