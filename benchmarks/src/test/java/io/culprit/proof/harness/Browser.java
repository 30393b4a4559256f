package io.culprit.proof.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.json.Json;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Debian's Chromium, headless. Screenshots go to {@code target/screenshots}. */
public final class Browser implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final ChromeDriver driver;
    private final Map<Object, String> asked = new HashMap<>();

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** A window of 1300 by 1000 pixels. */
    public static Browser open() {
        return open(false, "browser");
    }

    /** The same, for sites whose certificates nobody has signed. */
    public static Browser openTrusting() {
        return open(true, "browser");
    }

    /** The same, with {@link #failedRequests}. */
    public static Browser openRecordingRequests() {
        return open(false, "browser", "performance");
    }

    private static Browser open(boolean trusting, String... logs) {
        ChromeOptions options = new ChromeOptions();
        options.setAcceptInsecureCerts(trusting);
        options.setBinary(Oracle.program("chromium", "chromium"));
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars");
        var prefs = new LoggingPreferences();
        for (String each : logs) {
            prefs.enable(each, Level.ALL);
        }
        options.setCapability("goog:loggingPrefs", prefs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of(Oracle.program("chromedriver", "chromium-driver"))
                        .toFile())
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.size(1300, 1000);
        return browser;
    }

    public ChromeDriver driver() {
        return driver;
    }

    public void size(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** Whether the page is shown as in the dark. */
    public void dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    public void go(String url) {
        driver.get(url);
    }

    /** The first element of this selector, once there is one. */
    public WebElement find(String css) {
        return waiting()
                .until(d ->
                        d.findElements(By.cssSelector(css)).stream().findFirst().orElse(null));
    }

    /** Waits until the selected element's text contains this. */
    public void awaitText(String css, String text) {
        try {
            waiting()
                    .until(d -> d.findElements(By.cssSelector(css)).stream()
                            .anyMatch(e -> String.valueOf(e.getDomProperty("textContent"))
                                    .contains(text)));
        } catch (TimeoutException e) {
            throw new AssertionError(
                    "\"%s\" never shows in %s; the page says:\n%s"
                            .formatted(
                                    text,
                                    css,
                                    driver.findElement(By.tagName("body")).getText()),
                    e);
        }
    }

    private WebDriverWait waiting() {
        WebDriverWait wait = new WebDriverWait(driver, Duration.ofSeconds(20));
        wait.ignoring(StaleElementReferenceException.class);
        return wait;
    }

    /** The first element of this selector that can be seen, once there is one. */
    public WebElement shown(String css) {
        return waiting()
                .until(d -> d.findElements(By.cssSelector(css)).stream()
                        .filter(WebElement::isDisplayed)
                        .findFirst()
                        .orElse(null));
    }

    /** Waits for this; an element that is replaced meanwhile is no failure. */
    public void until(String what, Predicate<WebDriver> condition) {
        waiting().withMessage(what).until(condition::test);
    }

    /** Waits for the page's load event. */
    public void untilLoaded() {
        until("loaded", d -> "complete".equals(driver.executeScript("return document.readyState")));
    }

    /** Waits until the picture can be seen and has pixels. */
    public void untilPainted(String css) {
        until(
                "a picture at " + css,
                d -> Boolean.TRUE.equals(driver.executeScript(
                        "return arguments[0].complete && arguments[0].naturalWidth > 0", shown(css))));
    }

    /** Elements of this selector now. */
    public int count(String css) {
        return driver.findElements(By.cssSelector(css)).size();
    }

    /** Keys to wherever the focus is. */
    public void type(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    public void pointAt(WebElement element) {
        new Actions(driver).moveToElement(element).perform();
    }

    /**
     * Requests to this address since the last call that had an answer of 400 or above or none at all; what the page itself
     * gave up does not count.
     */
    public List<String> failedRequests(String address) {
        List<String> failed = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get("performance")) {
            Map<?, ?> message = (Map<?, ?>)
                    new Json().<Map<?, ?>>toType(entry.getMessage(), Map.class).get("message");
            Map<?, ?> params = (Map<?, ?>) message.get("params");
            switch (String.valueOf(message.get("method"))) {
                case "Network.requestWillBeSent" ->
                    asked.put(params.get("requestId"), String.valueOf(((Map<?, ?>) params.get("request")).get("url")));
                case "Network.responseReceived" -> {
                    Map<?, ?> response = (Map<?, ?>) params.get("response");
                    int status = ((Number) response.get("status")).intValue();
                    if (status >= 400) {
                        failed.add(status + " " + response.get("url"));
                    }
                }
                case "Network.loadingFailed" -> {
                    if (!Boolean.TRUE.equals(params.get("canceled"))) {
                        failed.add(params.get("errorText") + " " + asked.get(params.get("requestId")));
                    }
                }
                default -> {
                    // how pages come to be, frame by frame
                }
            }
        }
        return failed.stream().filter(each -> each.contains(" " + address)).toList();
    }

    public String text(String css) {
        return find(css).getText();
    }

    /** What the page complained of: blocked by its policy, not found, thrown. */
    public List<String> complaints() {
        return driver.manage().logs().get("browser").getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(Object::toString)
                .toList();
    }

    public void screenshot(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
