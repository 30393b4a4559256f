package io.culprit.proof.see;

import static com.github.tomakehurst.wiremock.client.WireMock.*;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.culprit.proof.harness.EchoUpstream;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts as the receivers of webhooks get them. */
class AlertDeliveryTest {
    private final WireMockServer receiver =
            new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));

    @BeforeEach
    void start() {
        receiver.start();
        receiver.stubFor(post(anyUrl()).willReturn(ok()));
    }

    @AfterEach
    void stop() {
        receiver.stop();
    }

    private List<LoggedRequest> got(String path) {
        return receiver.findAll(postRequestedFor(urlEqualTo(path)));
    }

    private String config(int port, String more) {
        return """
                alerts:
                  webhooks:
                    - { name: plain, url: "http://127.0.0.1:%1$d/json", headers: { X-Key: "k" } }
                    - { name: chat, url: "http://127.0.0.1:%1$d/slack", format: slack }
                %3$s
                upstreams: { app: { servers: [ "127.0.0.1:%2$d" ], health: { max_fails: 0 } } }
                routes: [ { upstream: app } ]
                """.formatted(receiver.port(), port, more);
    }

    @Test
    void anOutageIsToldWithinThirtySecondsAndItsEndToo() throws Exception {
        int port = Oracle.freePort();
        try (TestGateway gateway = TestGateway.start(config(port, ""))) {
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                gateway.get("/");
            }
            TestGateway.await("the outage is told", 30_000, () -> !got("/json").isEmpty());
            System.out.printf("outage: told after %.1f s%n", (System.nanoTime() - start) / 1e9);
            LoggedRequest first = got("/json").get(0);
            assertTrue(first.getBodyAsString().contains("\"status\":\"firing\""), first.getBodyAsString());
            assertTrue(first.getBodyAsString().contains("connect.refused"), first.getBodyAsString());
            assertEquals("k", first.getHeader("X-Key"));
            TestGateway.await("chat is told too", () -> !got("/slack").isEmpty());
            assertTrue(got("/slack").get(0).getBodyAsString().contains("\"text\":"));
            try (EchoUpstream back = EchoUpstream.start(port)) {
                TestGateway.await("the end is told", 40_000, () -> {
                    try {
                        gateway.get("/");
                        Thread.sleep(100);
                    } catch (java.io.IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return got("/json").stream()
                            .anyMatch(r -> r.getBodyAsString().contains("\"status\":\"resolved\""));
                });
            }
            assertEquals(2, got("/json").size(), "each is told once");
        }
    }

    @Test
    void whatIsNotTakenIsTriedAgain() throws Exception {
        receiver.stubFor(post("/json")
                .inScenario("busy")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(status(503))
                .willSetStateTo("once"));
        receiver.stubFor(
                post("/json").inScenario("busy").whenScenarioStateIs("once").willReturn(ok()));
        String check = "uptime: [ { name: front, url: \"http://127.0.0.1:1/\", every: 1s } ]";
        try (TestGateway gateway = TestGateway.start(config(1, check))) {
            TestGateway.await("it comes again", 20_000, () -> got("/json").size() == 2);
            assertEquals(
                    got("/json").get(0).getBodyAsString(), got("/json").get(1).getBodyAsString());
            assertTrue(got("/json").get(0).getBodyAsString().contains("check front fails"));
            TestGateway.await("deliveries are counted", () -> {
                String metrics = new String(
                        gateway.gateway().monitor().metrics().page("").content());
                return metrics.contains("culprit_alert_deliveries_total{result=\"retried\",webhook=\"plain\"} 1.0")
                        && metrics.contains("culprit_alert_deliveries_total{result=\"sent\",webhook=\"plain\"} 1.0");
            });
        }
    }

    /** A receiver that never ends its answer holds up nobody but itself. */
    @Test
    void aStuckWebhookDoesNotKeepTheOthersFromBeingTold() throws Exception {
        try (StuckServer stuck = new StuckServer()) {
            String config = config(1, "uptime: [ { name: front, url: \"http://127.0.0.1:1/\", every: 1s } ]")
                    .replace("webhooks:\n", "webhooks:\n    - { name: stuck, url: \"" + stuck.url() + "\" }\n");
            try (TestGateway gateway = TestGateway.start(config)) {
                for (int i = 0; i < 5; i++) {
                    gateway.get("/");
                }
                TestGateway.await("both are told", 15_000, () -> got("/json").size() >= 2);
                TestGateway.await(
                        "the stuck one is given up for now",
                        15_000,
                        () -> new String(gateway.gateway()
                                        .monitor()
                                        .metrics()
                                        .page("")
                                        .content())
                                .contains("{result=\"retried\",webhook=\"stuck\"}"));
            }
        }
    }

    /** Head at once, body never. */
    @Test
    void aCheckWhoseBodyStallsFails() throws Exception {
        try (StuckServer stuck = new StuckServer()) {
            String check = "uptime: [ { name: slow, url: \"%s\", every: 1s, timeout: 1s } ]".formatted(stuck.url());
            try (TestGateway gateway = TestGateway.start(config(1, check))) {
                TestGateway.await(
                        "it is told",
                        20_000,
                        () -> got("/json").stream()
                                .anyMatch(r -> r.getBodyAsString().contains("no complete answer within 1000 ms")));
            }
        }
    }
}
