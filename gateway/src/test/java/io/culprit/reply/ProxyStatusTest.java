package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.GatewayConfig.Expose;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyStatusTest {
    private final Failure refused = Failure.of(Cause.CONNECT_REFUSED, "said \"no\"\\ \u00e9\n");

    @Test
    void causeModeTellsNoTopology() {
        assertEquals(
                "culprit;error=connection_refused;cause=\"connect.refused\"",
                ProxyStatus.member(refused, Expose.CAUSE, "10.0.0.1:80"));
    }

    /** RFC 9209 section 2.1.2: a look-up's response code is told with its failure. */
    @Test
    void theResponseCodeOfALookUpIsTold() {
        assertEquals(
                "culprit;error=dns_error;cause=\"dns.not-found\";rcode=\"NXDOMAIN\"",
                ProxyStatus.member(lookUp("NXDOMAIN"), Expose.CAUSE, ""));
        assertEquals(
                "culprit;error=dns_error;cause=\"dns.not-found\"", ProxyStatus.member(lookUp("-"), Expose.CAUSE, ""));
    }

    private static Failure lookUp(String rcode) {
        return new Failure(
                Cause.DNS_NOT_FOUND, "", "", List.of(new Evidence("name", "a.test"), new Evidence("rcode", rcode)));
    }

    @Test
    void fullModeEscapesAsStructuredFieldsDemand() {
        assertEquals(
                "culprit;error=connection_refused;cause=\"connect.refused\";next-hop=\"10.0.0.1:80\";"
                        + "details=\"said \\\"no\\\"\\\\ ??\"",
                ProxyStatus.member(refused, Expose.FULL, "10.0.0.1:80"));
    }
}
