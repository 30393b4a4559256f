package io.culprit.record.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.culprit.config.record.AccessLogConfig;
import io.culprit.config.record.AccessLogConfig.Format;
import io.culprit.config.record.AccessLogConfig.Literal;
import io.culprit.config.record.AccessLogConfig.Variable;
import io.culprit.config.record.LogVariable;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import io.culprit.record.Outcomes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LineFormatTest {
    private static final long NOON = 1_795_521_600_000L;

    private static String line(Format format, Outcome outcome) {
        return line(
                format,
                outcome,
                List.of(new Variable(LogVariable.REQUEST), new Literal(" "), new Variable(LogVariable.CAUSE)));
    }

    private static String line(Format format, Outcome outcome, List<? extends AccessLogConfig.TemplatePart> template) {
        var config = new AccessLogConfig("-", format, List.copyOf(template));
        Line line = new Line();
        AccessLog.format(config, DialectTable.bundled()).orElseThrow().append(outcome, line);
        return new String(Arrays.copyOf(line.bytes(), line.size()), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(value = Format.class, names = "OFF", mode = EnumSource.Mode.EXCLUDE)
    void nobodyCanForgeALine(Format format) {
        String target = "/\r\n127.0.0.1 - - forged \"x\" \u001b[31m\\ \u2028 \u0000 \u007f";
        String line = line(format, Outcomes.failed(Cause.HEAD_RESET, NOON, target));
        assertFalse(Pattern.compile("[\\x00-\\x1f\\u2028\\u2029]").matcher(line).find(), line);
        assertTrue(line.contains("forged"), line);
        assertFalse(line.contains("forged \"x\""), "the quote is not escaped: " + line);
    }

    @Test
    void jsonStaysJsonWhateverTheClientSends() throws IOException {
        String line = line(Format.JSON, Outcomes.failed(Cause.HEAD_RESET, NOON, "/\"\\\r\n\u0000\ud800"));
        try (JsonParser json = new JsonFactory().createParser(line)) {
            while (json.nextToken() != null) {
                assertTrue(json.currentToken() != null);
            }
        }
        assertTrue(line.contains("\"cause\":\"head.reset\""), line);
    }

    @Test
    void combinedIsApaches() {
        String line = line(Format.COMBINED, Outcomes.well(NOON));
        assertTrue(
                Pattern.matches(
                        "192\\.0\\.2\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/2026:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}]"
                                + " \"GET / HTTP/1\\.1\" 200 \\d+ \"-\" \"agent\"",
                        line),
                line);
    }

    @Test
    void haproxyHasTimersAndTheStateAtTheEnd() {
        String line = line(Format.HAPROXY, Outcomes.failed(Cause.CONNECT_REFUSED, NOON));
        assertTrue(line.contains(" SC-- "), line);
        assertTrue(
                Pattern.compile(" -?\\d+/-?\\d+/-?\\d+/-?\\d+/\\+?\\d+ 502 \\d+ ")
                        .matcher(line)
                        .find(),
                line);
    }

    /** nginx and HAProxy count the TLS handshake as a part of connecting (rows TU08 and TU09). */
    @Test
    void connectingTakesItsHandshake() {
        Outcome tunnel = Outcomes.tunnel(NOON);
        String times = line(
                Format.CUSTOM,
                tunnel,
                List.of(
                        new Variable(LogVariable.UPSTREAM_CONNECT_TIME),
                        new Literal(" "),
                        new Variable(LogVariable.UPSTREAM_TLS_TIME),
                        new Literal(" "),
                        new Variable(LogVariable.STREAM),
                        new Literal(" "),
                        new Variable(LogVariable.TUNNEL_END)));
        assertEquals("0.032 0.030 5 tunnel.client-closed", times);
        assertTrue(line(Format.HAPROXY, tunnel).contains(" 0/0/32/3/4 "), line(Format.HAPROXY, tunnel));
        assertTrue(line(Format.JSON, tunnel).contains("\"connect_ms\":2.0,\"tls_ms\":30.0,"));
        assertEquals(
                "- -",
                line(
                        Format.CUSTOM,
                        Outcomes.well(NOON),
                        List.of(
                                new Variable(LogVariable.STREAM),
                                new Literal(" "),
                                new Variable(LogVariable.TUNNEL_END))));
    }

    @Test
    void envoyHasFlagsAndDetails() {
        String line = line(Format.ENVOY, Outcomes.failed(Cause.CONNECT_REFUSED, NOON));
        assertTrue(line.contains(" UF "), line);
    }

    @Test
    void aTemplateHasWhatItAsksFor() {
        assertEquals("GET / HTTP/1.1 head.reset", line(Format.CUSTOM, Outcomes.failed(Cause.HEAD_RESET, NOON)));
        assertEquals("GET / HTTP/1.1 -", line(Format.CUSTOM, Outcomes.well(NOON)));
    }
}
