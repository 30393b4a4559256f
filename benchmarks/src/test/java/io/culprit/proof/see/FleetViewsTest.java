package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.admin.AdminServer;
import io.culprit.admin.view.FleetStateView;
import io.culprit.config.AdminConfig;
import io.culprit.config.record.JournalConfig;
import io.culprit.proof.harness.Browser;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import io.culprit.record.journal.JournalReader;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Every view of the dashboard for all gateways that share a journal, and for one of them, in a browser. */
class FleetViewsTest {
    private static TestGateway gateway(String url, String instance, String servers, String read) throws Exception {
        TestGateway gateway = TestGateway.start("""
                journal: { url: "%s", instance: %s }
                upstreams: { app: { servers: [ %s ], timeouts: { read: %s }, next_upstream: { on: [] }, health: { max_fails: 0 } } }
                routes: [ { name: shop, upstream: app } ]
                """.formatted(url, instance, servers, read));
        FleetStateView.publish(gateway.gateway());
        return gateway;
    }

    /** Figures have their value on the line below the name. */
    private static String text(Browser browser, String css) {
        return browser.driver().findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .findFirst()
                .orElse("");
    }

    @Test
    void allGatewaysOrOne() throws Exception {
        try (Browser browser = Browser.open();
                Postgres postgres = Postgres.create();
                HttpUpstream good = HttpUpstream.start("127.0.0.1", 0, new Rules())) {
            String url = postgres.url();
            String up = "\"127.0.0.1:%d\"".formatted(good.port());
            String refusing = up + ", \"127.0.0.1:%d\"".formatted(Oracle.freePort());
            try (TestGateway one = gateway(url, "web-1", up, "5s");
                    TestGateway two = gateway(url, "web-2", up, "5s");
                    TestGateway three = gateway(url, "web-3", refusing, "9s");
                    JournalReader reader =
                            JournalReader.open(new JournalConfig(url, "", "", Duration.ofDays(7), "test"));
                    AdminServer dashboard = AdminServer.start(
                            reader.queries(), new AdminConfig(new InetSocketAddress("127.0.0.1", 0), ""))) {
                for (TestGateway each : List.of(one, two, three)) {
                    for (int i = 0; i < 20; i++) {
                        each.get("/" + i);
                    }
                }
                String base = "http://127.0.0.1:" + dashboard.address().getPort();
                browser.go(base + "/gateways#now");
                browser.until(
                        "what one of them says is the verdict of all",
                        d -> text(browser, "#verdict").contains("web-3: app is out for"));
                assertTrue(text(browser, "#view").contains("Requests\n60"), text(browser, "#view"));
                assertTrue(text(browser, "#causes").contains("connect.refused"), text(browser, "#causes"));
                assertTrue(text(browser, "#outages").contains("app is out on web-3"), text(browser, "#outages"));
                browser.go(base + "/gateways#upstreams");
                browser.until(
                        "the upstream is one", d -> text(browser, "#upstreams").contains("app"));
                assertEquals(
                        1,
                        browser.driver()
                                .findElements(By.cssSelector("#upstreams section"))
                                .size());
                browser.go(base + "/gateways#routes");
                browser.until(
                        "routes that differ say where they are",
                        d -> text(browser, "#view").contains("shop (on web-3)"));
                assertTrue(text(browser, "#view").contains("shop (on web-1, web-2)"), text(browser, "#view"));
                browser.go(base + "/gateways#configuration");
                browser.until(
                        "one that runs another configuration is named",
                        d -> text(browser, "#view").contains("another configuration"));
                browser.go(base + "/gateways?instance=web-1#now");
                browser.until("one alone", d -> text(browser, "#verdict").startsWith("up; "));
                assertFalse(text(browser, "#causes").contains("connect.refused"));
                assertTrue(text(browser, "#view").contains("Requests\n20"), text(browser, "#view"));
                browser.go(base + "/gateways?instance=nobody#upstreams");
                browser.until(
                        "who is not there is said",
                        d -> text(browser, "#verdict").contains("nobody does not run"));
                assertEquals(List.of(), browser.complaints());
            }
        }
    }
}
