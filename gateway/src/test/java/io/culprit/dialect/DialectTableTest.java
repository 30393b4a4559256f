package io.culprit.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Phase;
import java.io.BufferedReader;
import java.io.StringReader;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DialectTableTest {
    private final DialectTable table = DialectTable.bundled();

    @Test
    void everyCauseHasAnAnswerInEveryDialect() {
        for (Cause cause : Cause.values()) {
            for (Dialect dialect : Dialect.values()) {
                Answer answer = table.answer(cause, dialect);
                boolean unsent = cause == Cause.CLIENT_CLOSED
                        || cause.phase() == Phase.TUNNEL
                        || cause == Cause.ORIGIN_ERROR
                        || (cause.phase() == Phase.TLS
                                        || cause.id().startsWith("client.h2")
                                        || cause.id().startsWith("client.proxy"))
                                && cause.id().startsWith("client.")
                                && answer.status() == 0; // a handshake's failure has no status
                assertTrue(unsent || answer.status() >= 400 && answer.status() <= 599, cause.id() + " " + dialect.id());
                assertTrue(!answer.evidence().isBlank(), cause.id() + " " + dialect.id());
            }
        }
    }

    @Test
    void refusedConnectionDiffersAsMeasured() {
        assertEquals(502, table.answer(Cause.CONNECT_REFUSED, Dialect.NGINX).status());
        assertEquals(503, table.answer(Cause.CONNECT_REFUSED, Dialect.HAPROXY).status());
        assertEquals(
                "SC--", table.answer(Cause.CONNECT_REFUSED, Dialect.HAPROXY).flag());
        assertEquals(503, table.answer(Cause.CONNECT_REFUSED, Dialect.APACHE).status());
        assertEquals(
                521, table.answer(Cause.CONNECT_REFUSED, Dialect.CLOUDFLARE).status());
    }

    @Test
    void aKernelTimeoutIsAnErrorAndTheGatewaysOwnATimeout() {
        assertEquals(
                502, table.answer(Cause.CONNECT_KERNEL_TIMEOUT, Dialect.NGINX).status());
        assertEquals(504, table.answer(Cause.CONNECT_TIMEOUT, Dialect.NGINX).status());
    }

    @Test
    void aMissingCellIsNamed() {
        String all = Arrays.stream(Cause.values())
                .flatMap(c -> Arrays.stream(Dialect.values()).map(d -> c.id() + "\t" + d.id() + "\t502\t-\t-\t[i]"))
                .filter(row -> !row.startsWith("head.reset\tenvoy\t"))
                .collect(Collectors.joining("\n", "header\n", "\n"));
        var e = assertThrows(
                IllegalArgumentException.class, () -> DialectTable.parse(new BufferedReader(new StringReader(all))));
        assertEquals("dialects.tsv: no cell for head.reset and envoy", e.getMessage());
    }

    @Test
    void aDoubledCellIsNamedWithItsLine() {
        String two = "header\nhead.reset\tenvoy\t503\t-\t-\t[i]\nhead.reset\tenvoy\t503\t-\t-\t[i]\n";
        var e = assertThrows(
                IllegalArgumentException.class, () -> DialectTable.parse(new BufferedReader(new StringReader(two))));
        assertEquals("dialects.tsv:3: a second cell for this pair", e.getMessage());
    }
}
