package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.FastCgiConfig.Links;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a pool is asked on the gateway's own behalf. */
class PageRequestTest {
    private static final FastCgiConfig SITE = new FastCgiConfig(
            Path.of("/srv/app"),
            "index.php",
            false,
            List.of(".phtml", ".php"),
            "",
            Optional.empty(),
            Duration.ZERO,
            Duration.ZERO,
            0,
            Links.OWNER,
            false,
            Map.of());

    private static List<FastCgiRecords.One> records(PageRequest request) {
        ByteBuffer out = ByteBuffer.allocate(request.headBound());
        request.encodeHead(out);
        return FastCgiRecords.of(out.flip());
    }

    @Test
    void theStatusPageIsAskedForAsJson() {
        PageRequest request = PageRequest.status("/status");
        List<FastCgiRecords.One> records = records(request);
        assertEquals(
                List.of(1, 4, 4, 5),
                records.stream().map(FastCgiRecords.One::type).toList());
        assertArrayEquals(new byte[] {0, 1, 0, 0, 0, 0, 0, 0}, records.get(0).content(), "the connection is not kept");
        assertEquals(
                "",
                new String(records.get(2).content()) + new String(records.get(3).content()));
        assertEquals(
                Map.of(
                        "SCRIPT_NAME", "/status",
                        "SCRIPT_FILENAME", "/status",
                        "REQUEST_METHOD", "GET",
                        "QUERY_STRING", "json",
                        "REQUEST_URI", "/status?json",
                        "GATEWAY_INTERFACE", "CGI/1.1",
                        "SERVER_PROTOCOL", "HTTP/1.1"),
                FastCgiRecords.pairs(records.get(1)));
        assertEquals("GET", request.method());
        assertEquals("page", request.id());
        assertTrue(request.body().isEmpty());
        assertArrayEquals(new byte[4], request.clientAddress());
    }

    @Test
    void aCheckRunsAScriptOfTheSiteOrAsksThePool() {
        Map<String, String> script = FastCgiRecords.pairs(
                records(PageRequest.check("/health.php", SITE)).get(1));
        assertEquals("/health.php", script.get("SCRIPT_NAME"));
        assertEquals("/srv/app/health.php", script.get("SCRIPT_FILENAME"));
        assertEquals("/health.php", script.get("REQUEST_URI"));
        Map<String, String> ping =
                FastCgiRecords.pairs(records(PageRequest.check("/ping", SITE)).get(1));
        assertEquals("/ping", ping.get("SCRIPT_FILENAME"));
        assertEquals("", ping.get("QUERY_STRING"));
    }

    @Test
    void longPathsAndQueriesHaveRoom() {
        String much = "/" + "m".repeat(5000);
        records(new PageRequest(much, "", ""));
        records(new PageRequest("", much, ""));
        assertEquals(
                "?" + much,
                FastCgiRecords.pairs(records(new PageRequest("", "", much)).get(1))
                        .get("REQUEST_URI"));
    }
}
