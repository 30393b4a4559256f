package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.GatewayConfig.Expose;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import org.junit.jupiter.api.Test;

class ProxyStatusTest {
    private final Failure refused = Failure.of(Cause.CONNECT_REFUSED, "said \"no\"\\ \u00e9\n");

    @Test
    void causeModeTellsNoTopology() {
        assertEquals(
                "culprit;error=connection_refused;cause=\"connect.refused\"",
                ProxyStatus.member(refused, Expose.CAUSE, "10.0.0.1:80"));
    }

    @Test
    void fullModeEscapesAsStructuredFieldsDemand() {
        assertEquals(
                "culprit;error=connection_refused;cause=\"connect.refused\";next-hop=\"10.0.0.1:80\";"
                        + "details=\"said \\\"no\\\"\\\\ ??\"",
                ProxyStatus.member(refused, Expose.FULL, "10.0.0.1:80"));
    }
}
