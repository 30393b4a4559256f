package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.UpstreamConfig.NextUpstream;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.RetryClass;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTest {
    private static final NextUpstream DEFAULT =
            new NextUpstream(EnumSet.of(RetryClass.ERROR, RetryClass.TIMEOUT), Set.of(), 0, Duration.ZERO, false);

    private static String refusal(Cause cause, Retry.Situation now) {
        return Retry.refusal(Failure.of(cause, ""), now, DEFAULT);
    }

    private static Retry.Situation first(String method, boolean sent) {
        return new Retry.Situation(method, sent, true, false, false, 1, 2, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, true, HEAD_CLOSED, ''",
        "GET, true, HEAD_TIMEOUT, ''",
        "PUT, true, HEAD_RESET, ''",
        "DELETE, true, HEAD_RESET, ''",
        "POST, false, CONNECT_REFUSED, ''",
        "POST, false, CONNECT_TIMEOUT, ''",
        "POST, true, HEAD_CLOSED, POST is not idempotent and may have been processed",
        "PATCH, true, HEAD_RESET, PATCH is not idempotent and may have been processed",
        "LOCK, true, SEND_RESET, LOCK is not idempotent and may have been processed",
        "GET, true, HEAD_NOT_HTTP, next_upstream.on does not list invalid_header",
        "GET, false, DNS_NOT_FOUND, dns.not-found is never retried",
        "GET, false, GATEWAY_FD_LIMIT, gateway.fd-limit is never retried",
        "GET, true, BODY_TRUNCATED, ''",
        "GET, true, BODY_TIMEOUT, ''"
    })
    void nginxsRules(String method, boolean sent, Cause cause, String expected) {
        assertEquals(expected, refusal(cause, first(method, sent)));
    }

    @Test
    void nothingIsRetriedOnceTheResponseHasBegun() {
        assertEquals(
                "the response had already begun",
                refusal(Cause.BODY_RESET, new Retry.Situation("GET", true, true, true, false, 1, 2, 0)));
    }

    @Test
    void aStreamedBodyCannotBeSentAgain() {
        assertEquals(
                "the request body was streamed and cannot be sent again",
                refusal(Cause.CONNECT_REFUSED, new Retry.Situation("GET", true, false, false, false, 1, 2, 0)));
    }

    @Test
    void attemptsAreCountedButAStaleConnectionIsFree() {
        assertEquals(
                "no attempt is left of 1",
                refusal(Cause.HEAD_CLOSED, new Retry.Situation("GET", true, true, false, false, 1, 1, 0)));
        assertEquals(
                "", refusal(Cause.HEAD_CLOSED_ON_REUSE, new Retry.Situation("GET", true, true, false, true, 1, 1, 0)));
    }

    @Test
    void theBudgetOfTimeEndsIt() {
        var limited = new NextUpstream(DEFAULT.on(), Set.of(), 0, Duration.ofSeconds(1), false);
        var late = new Retry.Situation("GET", true, true, false, false, 1, 3, 1_500_000_000L);
        assertEquals(
                "next_upstream.timeout of 1.00 s is over",
                Retry.refusal(Failure.of(Cause.HEAD_CLOSED, ""), late, limited));
    }

    @Test
    void nonIdempotentMethodsMayBeAllowed() {
        var allowed = new NextUpstream(DEFAULT.on(), Set.of(), 0, Duration.ZERO, true);
        assertEquals("", Retry.refusal(Failure.of(Cause.HEAD_CLOSED, ""), first("POST", true), allowed));
    }

    @ParameterizedTest
    @CsvSource({
        "BODY_TIMEOUT, TIMEOUT",
        "BODY_EXCESS, NONE",
        "BODY_BAD_CHUNK, INVALID_HEADER",
        "BODY_BAD_TRAILER, INVALID_HEADER",
        "BODY_TRUNCATED, ERROR",
        "BODY_RESET, ERROR",
        "HEAD_TIMEOUT, TIMEOUT",
        "CONNECT_REFUSED, ERROR",
        "GATEWAY_FD_LIMIT, NONE"
    })
    void aFailureOfTheBodyCountsAsWhatItWouldHaveBeenInTheHead(Cause cause, RetryClass expected) {
        assertEquals(expected, Retry.classOf(cause));
    }

    /** A connection that was never opened has seen nothing of a POST, even if one before it has. */
    @Test
    void whatProvablySentNothingMayBeRepeatedWhateverTheMethod() {
        assertEquals("", refusal(Cause.CONNECT_REFUSED, first("POST", true)));
        assertEquals("", refusal(Cause.HEAD_CLOSED, first("POST", false)), "no byte has left");
    }

    @Test
    void aListedStatusNeedsNoClass() {
        var none = new NextUpstream(Set.of(), Set.of(503), 0, Duration.ZERO, false);
        assertEquals("", Retry.refusal(Failure.of(Cause.ORIGIN_ERROR, ""), first("GET", true), none));
        assertEquals(
                "POST is not idempotent and may have been processed",
                Retry.refusal(Failure.of(Cause.ORIGIN_ERROR, ""), first("POST", true), none));
    }

    @Test
    void theLastAllowedAttemptAndTheLastMomentAreLimits() {
        assertEquals("", refusal(Cause.HEAD_CLOSED, new Retry.Situation("GET", true, true, false, false, 2, 3, 0)));
        assertEquals(
                "no attempt is left of 3",
                refusal(Cause.HEAD_CLOSED, new Retry.Situation("GET", true, true, false, false, 4, 3, 0)));
        var limited = new NextUpstream(DEFAULT.on(), Set.of(), 0, Duration.ofSeconds(1), false);
        var before = new Retry.Situation("GET", true, true, false, false, 1, 3, 999_999_999L);
        assertEquals("", Retry.refusal(Failure.of(Cause.HEAD_CLOSED, ""), before, limited));
        var at = new Retry.Situation("GET", true, true, false, false, 1, 3, 1_000_000_000L);
        assertEquals(
                "next_upstream.timeout of 1.00 s is over",
                Retry.refusal(Failure.of(Cause.HEAD_CLOSED, ""), at, limited));
        var late = new Retry.Situation("GET", true, true, false, false, 1, 3, Long.MAX_VALUE);
        assertEquals("", refusal(Cause.HEAD_CLOSED, late), "zero is no limit");
    }
}
