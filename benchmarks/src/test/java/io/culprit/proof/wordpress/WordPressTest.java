package io.culprit.proof.wordpress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Browser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** A day at a site of Debian's WordPress in a real browser: nothing that any page asks for may fail. */
class WordPressTest {
    private static final String TEXT = "A paragraph written in a real browser.";

    private WordPress site;
    private Browser browser;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        browser = Browser.openRecordingRequests();
        site = WordPress.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (site != null) {
            site.close();
        }
    }

    @Test
    void aDayAtASite() throws Exception {
        browser.go(site.url() + "/");
        browser.shown(".wp-site-blocks .wp-block-post-title");
        nothingFailed("front page");

        logIn();
        nothingFailed("dashboard");

        String post = write();
        nothingFailed("block editor");
        browser.go(post);
        browser.awaitText("h1.wp-block-post-title", "Through the gateway");
        browser.awaitText(".wp-block-post-content p", TEXT);
        nothingFailed("post");

        upload();
        nothingFailed("uploads");

        changeTheme();
        nothingFailed("theme");

        assertEquals(List.of(), site.gateway().gateway().recorder().recentFailures());
    }

    private void nothingFailed(String where) {
        browser.screenshot("wordpress-" + where.replace(' ', '-'));
        assertEquals(List.of(), browser.failedRequests(site.url()), where);
    }

    private void logIn() {
        browser.go(site.url() + "/wp-login.php");
        // the page moves the focus 200 ms after it has loaded: what is typed before that is lost
        browser.until(
                "the name has the focus",
                d -> "user_login".equals(d.switchTo().activeElement().getDomAttribute("id")));
        browser.shown("#user_login").sendKeys("admin");
        browser.shown("#user_pass").sendKeys("secret");
        browser.shown("#wp-submit").click();
        browser.shown("#wpadminbar");
        browser.shown("#dashboard_right_now");
        browser.untilLoaded();
    }

    /** Writes and publishes a post; returns its address. */
    private String write() {
        browser.go(site.url() + "/wp-admin/post-new.php");
        browser.shown(".editor-post-title__input").click();
        browser.type("Through the gateway", Keys.ENTER);
        browser.shown("p.wp-block-paragraph, p[data-type='core/paragraph']");
        browser.type(TEXT);
        browser.awaitText("p[data-type='core/paragraph']", TEXT);
        browser.shown(".editor-post-publish-panel__toggle:not([aria-disabled='true'])")
                .click();
        browser.shown(".editor-post-publish-panel .editor-post-publish-button:not([aria-disabled='true'])")
                .click();
        return browser.shown(".post-publish-panel__postpublish-buttons a").getDomProperty("href");
    }

    /** By the script and by the plain form, then through the library. */
    private void upload() throws IOException {
        Path picture = directory.resolve("picture.png");
        assertTrue(ImageIO.write(new BufferedImage(800, 600, BufferedImage.TYPE_INT_RGB), "png", picture.toFile()));

        browser.go(site.url() + "/wp-admin/media-new.php");
        browser.find("#plupload-upload-ui input[type='file'][id^='html5_']").sendKeys(picture.toString());
        browser.shown("#media-items .media-item a.edit-attachment");
        browser.untilPainted("#media-items .media-item img.pinkynail");

        browser.go(site.url() + "/wp-admin/media-new.php?browser-uploader");
        browser.shown("#async-upload").sendKeys(picture.toString());
        browser.shown("#html-upload").click();
        browser.until("the library comes", d -> d.getCurrentUrl().contains("/wp-admin/upload.php"));
        browser.untilPainted(".attachments .attachment .thumbnail img");
        browser.until("two pictures", d -> browser.count(".attachments .attachment") == 2);
        browser.shown(".attachments .attachment .attachment-preview").click();
        browser.untilPainted(".media-modal .details-image");
    }

    private void changeTheme() {
        browser.go(site.url() + "/wp-admin/themes.php");
        browser.pointAt(browser.shown(".theme[data-slug='twentytwentyone']"));
        browser.shown(".theme[data-slug='twentytwentyone'] .theme-actions a.activate")
                .click();
        browser.shown(".theme.active[data-slug='twentytwentyone']");
        browser.go(site.url() + "/");
        browser.shown(".entry-title a");
        assertTrue(browser.find("body").getDomAttribute("class").contains("is-light-theme"), "another theme");
        browser.untilLoaded();
    }
}
