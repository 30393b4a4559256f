package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.admin.AdminServer;
import io.culprit.proof.harness.Browser;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.fault.Fault;
import io.culprit.sim.fault.Faults;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** A real browser clicks through every view while the simulated upstream fails. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardTest {
    @TempDir
    private static Path directory;

    private static HttpUpstream sim;
    private static RawUpstream hostile;
    private static TestGateway gateway;
    private static AdminServer admin;
    private static Browser browser;
    private static String base;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.open();
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        hostile = RawUpstream.answering("HTTP/1.1 <img src=x onerror=\"document.title='owned'\"> Oops\r\n\r\n");
        Certs certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        gateway = TestGateway.start("""
                listen:
                  - { address: "127.0.0.1:0" }
                  - { address: "127.0.0.1:0", tls: { certificate: %1$s/a.crt, key: %1$s/a.key } }
                journal: { url: "jdbc:h2:%1$s/journal", instance: browser }
                admin: { address: "127.0.0.1:0", token: "secret-of-the-test" }
                limits: { client_timeout: 5s }
                uptime: [ { name: front, url: "http://127.0.0.1:1/", every: 1s } ]
                upstreams:
                  sim: { servers: [ "127.0.0.1:%2$d" ], timeouts: { connect: 1s, read: 1s } }
                  pair: { servers: [ "127.0.0.1:1", "127.0.0.1:2" ], circuit_breaker: { minimum_calls: 3 } }
                  hostile: { servers: [ "127.0.0.1:%3$d" ] }
                  tight: { servers: [ "127.0.0.1:%2$d" ], timeouts: { total: 2s, connect: 1s, read: 30s } }
                routes:
                  - { match: { path: / }, upstream: sim }
                  - { match: { path: /pair }, upstream: pair }
                  - { match: { path: /hostile }, upstream: hostile }
                  - { match: { path: /tight }, upstream: tight }
                """.formatted(directory, sim.port(), hostile.port()));
        admin = AdminServer.start(
                gateway.gateway(), gateway.gateway().config().admin().orElseThrow());
        base = "http://127.0.0.1:" + admin.address().getPort();
    }

    @AfterAll
    static void stop() throws IOException {
        if (browser != null) {
            browser.close();
        }
        if (admin != null) {
            admin.close();
            gateway.close();
            hostile.close();
            sim.close();
        }
    }

    @AfterEach
    void nothingWasBlockedOrThrown() {
        assertEquals(List.of(), browser.complaints());
        assertFalse(browser.driver().getTitle().contains("owned"));
    }

    private static void open(String view) {
        browser.go("about:blank");
        browser.go(base + "/#" + view);
    }

    /** The first: nothing has failed yet. */
    @Test
    @Order(1)
    void nowNamesWhatFailsWithinSeconds() throws IOException {
        open("now");
        browser.awaitText("#verdict", "up");
        for (int i = 0; i < 5; i++) {
            gateway.get("/pair");
        }
        gateway.get("/?fault=garbage");
        gateway.get("/");
        browser.awaitText("#causes", "connect.refused");
        browser.awaitText("#causes", "head.not-http");
        browser.awaitText("#verdict", "pair is out");
        browser.awaitText("#outages", "crawlers slow down (24 h) in 23:59");
        browser.awaitText("#view", "peer.ejected");
        browser.awaitText("#view", "uptime.failed");
        browser.find("#graph canvas");
        assertTrue(browser.text("#causes").contains("Start the upstream"), browser.text("#causes"));
        browser.screenshot("now");
        browser.dark(true);
        browser.screenshot("now-dark");
        browser.dark(false);
        new Select(browser.find("#window")).selectByValue("1440");
        browser.awaitText("#causes", "last 24 hours");
        browser.awaitText("#causes", "connect.refused");
    }

    @Test
    void failureShowsWaterfallEvidenceAndWhatToDo() throws IOException {
        gateway.get("/?fault=stall");
        gateway.failureOf("/?fault=stall");
        open("failures/cause%3Dhead.timeout");
        browser.awaitText("#failures", "head.timeout");
        browser.find("#failures details.group p a").click();
        browser.awaitText("#view h2", "head.timeout");
        String page = browser.text("#view");
        assertTrue(page.contains("Likely causes"), page);
        assertTrue(page.contains("curl -so /dev/null"), page);
        for (String other : List.of("nginx", "haproxy", "envoy", "apache", "alb", "cloudflare")) {
            assertTrue(page.contains(other), other);
        }
        WebElement waterfall = browser.find("svg.waterfall");
        assertTrue(waterfall.getDomAttribute("aria-label").contains("its timer 1.00 s"), page);
        assertEquals(1, waterfall.findElements(By.cssSelector("line.timer")).size());
        browser.screenshot("failure");
    }

    @Test
    void whatAnUpstreamSendsIsTextNeverMarkup() throws Exception {
        gateway.get("/hostile?<script>document.title='owned'</script>");
        String id = gateway.failureOf("/hostile?<script>document.title='owned'</script>")
                .requestId();
        open("failure/" + id);
        browser.awaitText("#view", "<img src=x onerror=");
        browser.awaitText("#view", "<script>document.title='owned'</script>");
        assertEquals(
                0, browser.driver().findElements(By.cssSelector("#view img")).size());
        browser.screenshot("hostile");
    }

    @Test
    void upstreamsShowWhoWasEjectedByWhom() throws IOException {
        for (int i = 0; i < 5; i++) {
            gateway.get("/pair");
        }
        open("upstreams");
        browser.awaitText("#upstream-pair", "ejected");
        browser.awaitText("#upstream-pair", "peer.ejected");
        browser.awaitText("#upstream-pair", "breaker.opened");
        browser.screenshot("upstreams");
        browser.find("#upstream-pair a.mono").click();
        browser.awaitText("#view h2", "connect.refused");
    }

    @Test
    void routesMarkContradictions() {
        open("routes");
        browser.awaitText(".contradiction", "timeouts.total 2.00 s ends before connect 1.00 s and head 30.00 s");
        browser.awaitText(".contradiction", "limits.client_timeout 5.00 s is below");
        browser.screenshot("routes");
    }

    @Test
    void configurationHidesSecrets() {
        open("configuration");
        browser.awaitText("#view", "Configuration in force");
        assertEquals(64, browser.text("#hash").length());
        String certificates = browser.text("#certificates");
        assertTrue(certificates.contains("a.test, *.a.test, 127.0.0.1"), certificates);
        assertTrue(certificates.contains("29") || certificates.contains("30"), certificates);
        String page = browser.text("#view");
        assertTrue(page.contains("token: ***"), page);
        assertFalse(page.contains("secret-of-the-test"), page);
        assertTrue(page.contains("jdbc:h2:"), page);
        browser.screenshot("configuration");
    }

    @Test
    void keyboardAloneReachesEveryView() {
        open("now");
        browser.awaitText("#verdict", " ");
        for (String view : List.of("Now", "Failures", "Upstreams", "Routes and timeouts", "Configuration")) {
            WebElement body = browser.driver().findElement(By.tagName("body"));
            body.click();
            ((org.openqa.selenium.JavascriptExecutor) browser.driver())
                    .executeScript("document.querySelector('.skip').focus()");
            for (int i = 0; i < 8; i++) {
                browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
                WebElement focused = browser.driver().switchTo().activeElement();
                if (focused.getText().equals(view)) {
                    focused.sendKeys(Keys.ENTER);
                    break;
                }
            }
            browser.awaitText("nav a[aria-current]", view);
        }
    }

    /** Whatever breaks at once: the chart is on the first screen, and the page stays one that can be read. */
    @Test
    void thirtyCausesFitAPage() throws IOException {
        List<String> slow = List.of("stall", "drip", "slow-reader", "idle-close");
        for (Fault fault : Faults.all()) {
            if (!slow.contains(fault.name())) {
                gateway.get("/?fault=" + fault.name());
                gateway.get("/tight?fault=" + fault.name());
            }
        }
        open("now");
        browser.awaitText("#causes", "more causes");
        TestGateway.await(
                "thirty causes are listed",
                10_000,
                () -> (Long) browser.driver()
                                .executeScript("return document.querySelectorAll('#causes tbody tr').length")
                        >= 30);
        browser.awaitText("#clients", " of ");
        browser.find("#graph canvas");
        try {
            for (int[] bound : new int[][] {{1400, 2_600}, {500, 6_000}}) {
                browser.size(bound[0], 1_000);
                long height =
                        (Long) browser.driver().executeScript("return document.querySelector('#causes').offsetHeight");
                assertTrue(height < bound[1], "at " + bound[0] + " the causes are " + height + " pixels tall");
                long chart = (Long) browser.driver()
                        .executeScript("return Math.round(document.querySelector('#graph').getBoundingClientRect().top"
                                + " + window.scrollY)");
                long table = (Long) browser.driver()
                        .executeScript("return Math.round(document.querySelector('#causes').getBoundingClientRect().top"
                                + " + window.scrollY)");
                assertTrue(chart < table, "the chart comes first");
                browser.screenshot("thirty-causes-" + bound[0]);
            }
        } finally {
            browser.size(1300, 1000);
        }
    }

    @Test
    void fitsAPhone() throws IOException {
        gateway.get("/?fault=close");
        browser.size(500, 900);
        try {
            for (String view : List.of("now", "failures", "upstreams", "routes", "configuration")) {
                open(view);
                browser.awaitText("#verdict", " ");
                browser.find("#view h2");
                long over = (Long) browser.driver()
                        .executeScript("return document.documentElement.scrollWidth - window.innerWidth");
                assertTrue(over <= 0, view + " is " + over + " pixels too wide");
                browser.screenshot("phone-" + view);
            }
        } finally {
            browser.size(1300, 1000);
        }
    }
}
