package io.culprit.proof.see;

import io.culprit.proof.Oracle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Debian's Chromium, headless. Screenshots go to {@code target/screenshots}. */
final class Browser implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    static Browser open() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Oracle.program("chromium", "chromium"));
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars");
        var prefs = new org.openqa.selenium.logging.LoggingPreferences();
        prefs.enable("browser", java.util.logging.Level.ALL);
        options.setCapability("goog:loggingPrefs", prefs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of(Oracle.program("chromedriver", "chromium-driver"))
                        .toFile())
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.size(1300, 1000);
        return browser;
    }

    ChromeDriver driver() {
        return driver;
    }

    void size(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** Whether the page is shown as in the dark. */
    void dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                java.util.Map.of(
                        "features",
                        List.of(java.util.Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    void go(String url) {
        driver.get(url);
    }

    /** The first element of this selector, once there is one. */
    WebElement find(String css) {
        return waiting()
                .until(d ->
                        d.findElements(By.cssSelector(css)).stream().findFirst().orElse(null));
    }

    /** Waits until the selected element's text contains this. */
    void awaitText(String css, String text) {
        try {
            waiting()
                    .until(d -> d.findElements(By.cssSelector(css)).stream()
                            .anyMatch(e -> String.valueOf(e.getDomProperty("textContent"))
                                    .contains(text)));
        } catch (org.openqa.selenium.TimeoutException e) {
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
        wait.ignoring(org.openqa.selenium.StaleElementReferenceException.class);
        return wait;
    }

    String text(String css) {
        return find(css).getText();
    }

    /** What the page complained of: blocked by its policy, not found, thrown. */
    List<String> complaints() {
        return driver.manage().logs().get("browser").getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue())
                .map(Object::toString)
                .toList();
    }

    void screenshot(String name) {
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
