package io.culprit.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** traceparent as W3C Trace Context, section 3.2, has it. */
class TraceTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void aTraceGoesOnWithASpanOfOurs() {
        Trace trace = Trace.continued(PARENT).orElseThrow();
        assertEquals("0af7651916cd43dd8448eb211c80319c", trace.traceId());
        assertTrue(trace.sampled());
        assertFalse(trace.beganHere());
        assertNotEquals(0xb7ad6b7169203331L, trace.span());
        String first = encoded(trace, 0);
        assertEquals(Trace.LENGTH, first.length());
        assertTrue(first.startsWith("00-0af7651916cd43dd8448eb211c80319c-") && first.endsWith("-01"), first);
        assertNotEquals(first, encoded(trace, 1));
    }

    @Test
    void aLaterVersionMayHaveMoreFields() {
        assertTrue(Trace.continued("01" + PARENT.substring(2) + "-extra").isPresent());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void whatIsNoTraceparentIsNotContinued(String text) {
        assertTrue(Trace.continued(text).isEmpty());
    }

    private static String encoded(Trace trace, int attempt) {
        ByteBuffer out = ByteBuffer.allocate(Trace.LENGTH);
        trace.encode(attempt, out);
        return new String(out.array(), StandardCharsets.US_ASCII);
    }
}
